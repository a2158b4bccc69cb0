// opens N loopback TCP connections and holds them until stdin closes. usage: idle-client PORT N
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/resource.h>
int main(int c,char**v){int port=atoi(v[1]),N=atoi(v[2]),ok=0;struct rlimit rl={N+100,N+100};setrlimit(RLIMIT_NOFILE,&rl);struct sockaddr_in a={.sin_family=AF_INET,.sin_port=htons(port),.sin_addr.s_addr=htonl(0x7f000001)};for(int i=0;i<N;i++){int s=socket(AF_INET,SOCK_STREAM,0);if(s<0||connect(s,(void*)&a,sizeof a)){perror("connect");break;}ok++;}fprintf(stderr,"connected %d\n",ok);char b;while(read(0,&b,1)>0);return 0;}
