// lwIP 2.1.3 (Debian liblwip) peer driven in-process: server netif 10.0.0.1 -> udp_sendto 16 B to a closed port of client netif 10.1.0.1,
// lwIP answers with ICMP port unreachable, which is fed back to the server netif. No event queue, one client (stack cost only).
// usage: fleet-lwip N   (sends N*120 datagrams)
#include <lwip/init.h>
#include <lwip/tcpip.h>
#include <lwip/udp.h>
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/stats.h>
#include <lwip/prot/ip4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <semaphore.h>
#include <sys/resource.h>
static struct netif srv, cli; static unsigned long udp, icmp, drop;
static double now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+t.tv_nsec/1e9;}
// one lwIP instance plays both hosts: a 2-line NAT (10.0.0.1 <-> 10.9.0.1, RFC 1624 checksum fix) keeps its loopback shortcut out of the way
static void fix(uint8_t*ck,uint16_t o,uint16_t n){ uint32_t x=(uint16_t)~(ck[0]<<8|ck[1]); x+=(uint16_t)~o; x+=n; x=(x&0xffff)+(x>>16); x=(x&0xffff)+(x>>16); x=(uint16_t)~x; ck[0]=x>>8; ck[1]=x; }
static err_t out(struct netif*n,struct pbuf*p,const ip4_addr_t*to){ (void)n;(void)to; struct pbuf*q=pbuf_alloc(PBUF_RAW,p->tot_len,PBUF_RAM); if(!q){drop++;return ERR_MEM;} pbuf_copy(q,p); uint8_t*h=q->payload; struct netif*dst;
  if(h[9]==17){ udp++; h[13]=9; fix(h+10,0x0a00,0x0a09); fix(h+26,0x0a00,0x0a09); dst=&cli; } else { icmp++; h[17]=0; fix(h+10,0x0a09,0x0a00); dst=&srv; }
  if(ip4_input(q,dst)!=ERR_OK)pbuf_free(q); return ERR_OK; }
static err_t ini(struct netif*n){ n->name[0]='s';n->name[1]='v'; n->output=out; n->mtu=1500; n->flags|=NETIF_FLAG_UP|NETIF_FLAG_LINK_UP; return ERR_OK; }
static sem_t sm; static void done(void*a){(void)a;sem_post(&sm);}
static long hwm(void){FILE*f=fopen("/proc/self/status","r");char l[256];long r=0;while(fgets(l,256,f))if(sscanf(l,"VmHWM: %ld",&r)==1)break;fclose(f);return r;}
int main(int c,char**v){ int N=c>1?atoi(v[1]):1000; sem_init(&sm,0,0); tcpip_init(done,0); sem_wait(&sm); LOCK_TCPIP_CORE();
  ip4_addr_t a,m,g; IP4_ADDR(&m,255,255,255,0); ip4_addr_set_zero(&g); IP4_ADDR(&a,10,0,0,1); netif_add(&srv,&a,&m,&g,0,ini,ip_input); IP4_ADDR(&a,10,1,0,1); netif_add(&cli,&a,&m,&g,0,ini,ip_input); netif_set_up(&srv);netif_set_up(&cli);netif_set_link_up(&srv);netif_set_link_up(&cli);
  netif_set_default(&cli); struct udp_pcb*p=udp_new(); ip_addr_t sa,da; IP_ADDR4(&sa,10,0,0,1); IP_ADDR4(&da,10,1,0,1); udp_bind(p,&sa,1055);
  double t0=now(); for(long i=0;i<(long)N*120;i++){ struct pbuf*b=pbuf_alloc(PBUF_TRANSPORT,16,PBUF_RAM); memset(b->payload,0,16); udp_sendto_if(p,b,&da,40000,&srv); pbuf_free(b); }
  double w=now()-t0; struct rusage r; getrusage(RUSAGE_SELF,&r); double u=r.ru_utime.tv_sec+r.ru_utime.tv_usec/1e6,s=r.ru_stime.tv_sec+r.ru_stime.tv_usec/1e6;
  printf("{\"peer\":\"lwip\",\"n\":%d,\"udp\":%lu,\"icmp\":%lu,\"drop\":%lu,\"packets\":%lu,\"wall_s\":%.4f,\"user_s\":%.4f,\"sys_s\":%.4f,\"packets_per_s\":%.0f,\"max_rss_kb\":%ld}\n",N,udp,icmp,drop,udp+icmp,w,u,s,(udp+icmp)/w,hwm()); fflush(stdout); _Exit(0); }
