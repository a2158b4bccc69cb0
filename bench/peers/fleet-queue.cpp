// C++ std::priority_queue peer, std::function closures + vector packet bytes (what a quick hand-written simulator looks like)
// usage: fleet-queue N
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <queue>
#include <vector>
#include <chrono>
#include <sys/resource.h>
using u8=uint8_t; using u16=uint16_t; using u32=uint32_t; using u64=uint64_t; using Pkt=std::shared_ptr<std::vector<u8>>;
struct Ev{u64 t;u64 s;std::function<void()> f;}; struct Cmp{bool operator()(const Ev&a,const Ev&b)const{return a.t>b.t||(a.t==b.t&&a.s>b.s);}};
static std::priority_queue<Ev,std::vector<Ev>,Cmp> q; static u64 sq,nowt; static void at(u64 t,std::function<void()> f){q.push({t,sq++,std::move(f)});}
static void w16(u8*p,u16 v){p[0]=v>>8;p[1]=v;} static void w32(u8*p,u32 v){p[0]=v>>24;p[1]=v>>16;p[2]=v>>8;p[3]=v;} static u32 r32(const u8*p){return (u32)p[0]<<24|p[1]<<16|p[2]<<8|p[3];}
static u32 sum(const u8*p,int n,u32 s){for(;n>1;n-=2,p+=2)s+=p[0]<<8|p[1];if(n)s+=*p<<8;return s;} static u16 fold(u32 s){s=(s&0xffff)+(s>>16);s=(s&0xffff)+(s>>16);return ~s;}
static u32 ps(u32 s,u32 d,int p,int l){return (s>>16)+(s&0xffff)+(d>>16)+(d&0xffff)+p+l;}
static const u32 SRV=0x0a000001,CB=0x0a010000; static u16 id; static u64 udp,icmp,tcp,bad,ev;
static Pkt mk(int l4,int proto,u32 s,u32 d){auto p=std::make_shared<std::vector<u8>>(34+l4);u8*b=p->data();b[0]=2;w32(b+2,d);b[6]=2;w32(b+8,s);b[12]=8;b[14]=0x45;w16(b+16,20+l4);w16(b+18,id++);b[22]=128;b[23]=proto;w32(b+26,s);w32(b+30,d);w16(b+24,fold(sum(b+14,20,0)));return p;}
static bool ok(const u8*b){if(fold(sum(b+14,20,0)))return false;int l=(b[16]<<8|b[17])-20,p=b[23];return !fold(sum(b+34,l,p==1?0:ps(r32(b+26),r32(b+30),p,l)));}
static void atServer(Pkt p,u32 c){if(!ok(p->data()))bad++;if((*p)[23]==1&&r32(p->data()+58)!=CB+c)bad++;}
static void atClient(Pkt p,u32 c){if(!ok(p->data()))bad++;Pkt r;if((*p)[23]==17){r=mk(36,1,CB+c,SRV);u8*i=r->data()+34;i[0]=i[1]=3;memcpy(i+8,p->data()+14,28);w16(i+2,fold(sum(i,36,0)));icmp++;}else{r=mk(20,6,CB+c,SRV);u8*t=r->data()+34;w16(t,1055);w16(t+2,135);w32(t+4,5000);t[12]=0x50;t[13]=4;w16(t+16,fold(sum(t,20,ps(CB+c,SRV,6,20))));tcp++;}at(nowt+500000,[r,c]{atServer(r,c);});}
static const u64 IV=60000000000ull,END=7200000000000ull;
static void tick(u32 c){auto p=mk(24,17,SRV,CB+c);u8*u=p->data()+34;w16(u,1055);w16(u+2,1100+(c&1023));w16(u+4,24);w32(u+8,c);w16(u+6,fold(sum(u,24,ps(SRV,CB+c,17,24))));udp++;at(nowt+500000,[p,c]{atClient(p,c);});if(nowt+IV<END+IV)at(nowt+IV,[c]{tick(c);});}
static void ka(u32 c){auto p=mk(20,6,SRV,CB+c);u8*t=p->data()+34;w16(t,135);w16(t+2,1055);w32(t+4,999);t[12]=0x50;t[13]=0x10;w16(t+16,fold(sum(t,20,ps(SRV,CB+c,6,20))));tcp++;at(nowt+500000,[p,c]{atClient(p,c);});}
static long hwm(void){FILE*f=fopen("/proc/self/status","r");char l[256];long r=0;while(fgets(l,256,f))if(sscanf(l,"VmHWM: %ld",&r)==1)break;fclose(f);return r;}
int main(int a,char**v){u32 N=a>1?atoi(v[1]):1000;auto t0=std::chrono::steady_clock::now();for(u32 i=0;i<N;i++){at((u64)((double)i*IV/N)+IV,[i]{tick(i);});at(END+IV+(u64)((double)i*IV/N),[i]{ka(i);});}
while(!q.empty()){Ev e=std::move(const_cast<Ev&>(q.top()));q.pop();nowt=e.t;ev++;e.f();}
double w=std::chrono::duration<double>(std::chrono::steady_clock::now()-t0).count();rusage r;getrusage(RUSAGE_SELF,&r);double u=r.ru_utime.tv_sec+r.ru_utime.tv_usec/1e6,s=r.ru_stime.tv_sec+r.ru_stime.tv_usec/1e6;u64 pk=udp+icmp+tcp;
printf("{\"peer\":\"cpp-priority_queue-closures\",\"n\":%u,\"udp\":%lu,\"icmp\":%lu,\"tcp\":%lu,\"packets\":%lu,\"events\":%lu,\"bad\":%lu,\"wall_s\":%.4f,\"user_s\":%.4f,\"sys_s\":%.4f,\"packets_per_s\":%.0f,\"packets_per_cpu_s\":%.0f,\"events_per_s\":%.0f,\"max_rss_kb\":%ld}\n",N,udp,icmp,tcp,pk,ev,bad,w,u,s,pk/w,pk/(u+s),ev/w,hwm());}
