// Kernel-path peer: fan out 16-byte UDP datagrams to a closed port of N addresses, count kernel ICMP port unreachables coming back.
// usage: flood N mode(sendto|sendmmsg|recverr) seconds [FIRST_ADDRESS, 127.0.0.1 without]   prints one JSON line
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <time.h>
#include <errno.h>
#include <unistd.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <linux/errqueue.h>
static double now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+t.tv_nsec/1e9;}
static long icmp_in(void){ FILE*f=fopen("/proc/thread-self/net/snmp","r"); char l[2048],h[2048]=""; long r=-1; while(fgets(l,sizeof l,f)){ if(!strncmp(l,"Icmp:",5)){ if(!h[0])strcpy(h,l); else { char*a,*b,*sa,*sb; a=strtok_r(h," \n",&sa); b=strtok_r(l," \n",&sb); while(a&&b){ if(!strcmp(a,"InDestUnreachs"))r=atol(b); a=strtok_r(0," \n",&sa); b=strtok_r(0," \n",&sb);} break; } } } fclose(f); return r; }
static long hwm(void){FILE*f=fopen("/proc/self/status","r");char l[256];long r=0;while(fgets(l,256,f))if(sscanf(l,"VmHWM: %ld",&r)==1)break;fclose(f);return r;}
int main(int c,char**v){ int N=c>1?atoi(v[1]):1000; const char*m=c>2?v[2]:"sendto"; double secs=c>3?atof(v[3]):3;
  int s=socket(AF_INET,SOCK_DGRAM,0); int big=4<<20; setsockopt(s,SOL_SOCKET,SO_SNDBUF,&big,4); setsockopt(s,SOL_SOCKET,SO_RCVBUF,&big,4); int re=!strcmp(m,"recverr"); if(re){int one=1;setsockopt(s,IPPROTO_IP,IP_RECVERR,&one,4);}
  struct sockaddr_in*a=calloc(N,sizeof*a); for(int i=0;i<N;i++){a[i].sin_family=AF_INET;a[i].sin_port=htons(40000);a[i].sin_addr.s_addr=htonl((c>4?ntohl(inet_addr(v[4])):0x7f000001)+i);}
  char pay[16]={0}; enum{B=64}; struct mmsghdr mm[B]; struct iovec iv[B]; memset(mm,0,sizeof mm);
  long i0=icmp_in(); unsigned long sent=0,err=0,got=0; double t0=now(),t=t0; int k=0;
  char cb[B][512]; struct mmsghdr em[B]; struct iovec ei[B]; char eb[B][64];
  while((t=now())-t0<secs){
    if(!strcmp(m,"sendto")||re){ for(int j=0;j<B;j++){ if(sendto(s,pay,16,0,(void*)&a[k],sizeof a[0])==16)sent++; else err++; if(++k==N)k=0; }
      if(re) for(;;){ memset(em,0,sizeof em); for(int j=0;j<B;j++){ei[j]=(struct iovec){eb[j],64};em[j].msg_hdr.msg_iov=&ei[j];em[j].msg_hdr.msg_iovlen=1;em[j].msg_hdr.msg_control=cb[j];em[j].msg_hdr.msg_controllen=512;} int r=recvmmsg(s,em,B,MSG_ERRQUEUE|MSG_DONTWAIT,0); if(r<=0)break; got+=r; } }
    else { for(int j=0;j<B;j++){ iv[j]=(struct iovec){pay,16}; mm[j].msg_hdr.msg_name=&a[k]; mm[j].msg_hdr.msg_namelen=sizeof a[0]; mm[j].msg_hdr.msg_iov=&iv[j]; mm[j].msg_hdr.msg_iovlen=1; if(++k==N)k=0; } int r=sendmmsg(s,mm,B,0); if(r>0)sent+=r; else err++; }
  }
  double w=now()-t0; usleep(200000); long ic=icmp_in()-i0; struct rusage r; getrusage(RUSAGE_SELF,&r); double u=r.ru_utime.tv_sec+r.ru_utime.tv_usec/1e6,y=r.ru_stime.tv_sec+r.ru_stime.tv_usec/1e6;
  printf("{\"peer\":\"kernel-c-%s\",\"n\":%d,\"udp\":%lu,\"send_errors\":%lu,\"icmp_back\":%ld,\"icmp_read_by_app\":%lu,\"packets\":%lu,\"wall_s\":%.3f,\"user_s\":%.3f,\"sys_s\":%.3f,\"udp_per_s\":%.0f,\"packets_per_s\":%.0f,\"max_rss_kb\":%ld}\n",m,N,sent,err,ic,got,sent+ic,w,u,y,sent/w,(sent+ic)/w,hwm()); }
