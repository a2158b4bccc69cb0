// C epoll idle-TCP server: accepts N loopback connections with SO_KEEPALIVE (7200/1/5), reports its RSS per connection. usage: idle-server PORT N (0: any port; it is said in the line "ready PORT")
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
struct conn{int fd;unsigned addr;unsigned short port;unsigned char st;};
static long rss(void){FILE*f=fopen("/proc/self/status","r");char l[256];long r=0;while(fgets(l,256,f))if(sscanf(l,"VmRSS: %ld",&r)==1)break;fclose(f);return r;}
static double now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+t.tv_nsec/1e9;}
static long slab(void){FILE*f=fopen("/proc/meminfo","r");char l[256];long r=0;while(fgets(l,256,f))if(sscanf(l,"Slab: %ld",&r)==1)break;fclose(f);return r;}
int main(int c,char**v){int port=atoi(v[1]),N=atoi(v[2]);struct rlimit rl={N+100,N+100};setrlimit(RLIMIT_NOFILE,&rl);
 int l=socket(AF_INET,SOCK_STREAM|SOCK_NONBLOCK,0),one=1;setsockopt(l,SOL_SOCKET,SO_REUSEADDR,&one,4);struct sockaddr_in a={.sin_family=AF_INET,.sin_port=htons(port),.sin_addr.s_addr=htonl(0x7f000001)};if(bind(l,(void*)&a,sizeof a)||listen(l,4096)){perror("bind");return 1;}
 int ep=epoll_create1(0);struct epoll_event e={.events=EPOLLIN,.data.ptr=0},ev[256];epoll_ctl(ep,EPOLL_CTL_ADD,l,&e);
 struct conn*t=calloc(N,sizeof*t);int n=0;long r0=rss(),s0=slab();double t0=0,t1=0;socklen_t al=sizeof a;getsockname(l,(void*)&a,&al);printf("ready %d\n",ntohs(a.sin_port));fflush(stdout);
 while(n<N){int k=epoll_wait(ep,ev,256,20000);if(k<=0)break;for(int i=0;i<k;i++){if(!ev[i].data.ptr){for(;;){struct sockaddr_in p;socklen_t pl=sizeof p;int f=accept4(l,(void*)&p,&pl,SOCK_NONBLOCK);if(f<0)break;if(!n)t0=now();int x=7200;setsockopt(f,SOL_SOCKET,SO_KEEPALIVE,&one,4);setsockopt(f,6,TCP_KEEPIDLE,&x,4);x=1;setsockopt(f,6,TCP_KEEPINTVL,&x,4);x=5;setsockopt(f,6,TCP_KEEPCNT,&x,4);if(n<N){t[n]=(struct conn){f,p.sin_addr.s_addr,p.sin_port,1};struct epoll_event q={.events=EPOLLIN|EPOLLRDHUP,.data.ptr=&t[n]};epoll_ctl(ep,EPOLL_CTL_ADD,f,&q);n++;t1=now();}}}}}
 usleep(300000);long r1=rss(),s1=slab();char ss[4096]="";FILE*f=fopen("/proc/net/sockstat","r");char L[256];long tcpmem=0,inuse=0;while(fgets(L,256,f)){long al,or,tw;sscanf(L,"TCP: inuse %ld orphan %ld tw %ld alloc %ld mem %ld",&inuse,&or,&tw,&al,&tcpmem);}fclose(f);(void)ss;
 printf("{\"peer\":\"idle-tcp-c-epoll\",\"n\":%d,\"rss_before_kb\":%ld,\"rss_after_kb\":%ld,\"bytes_per_conn\":%.0f,\"accept_wall_s\":%.3f,\"accepts_per_s\":%.0f,\"kernel_tcp_mem_pages\":%ld,\"kernel_slab_bytes_per_connection_both_ends\":%.0f}\n",n,r0,r1,(r1-r0)*1024.0/n,t1-t0,n/(t1-t0),tcpmem,(s1-s0)*1024.0/n);fflush(stdout);return 0;}
