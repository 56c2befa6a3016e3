package cluster_test
import ("testing";"syscall";"time";"fmt";"context"
"github.com/netanom/netanom/model/cluster";"github.com/netanom/netanom/model/learn")
func cpuTime() float64 { var r syscall.Rusage; syscall.Getrusage(0,&r); return float64(r.Utime.Nano()+r.Stime.Nano())/1e9 }
func TestCPU(t *testing.T){
 x,_:=kdd(t,"KDDTrain+.txt.gz"); x=standardized(x)
 for _,s:=range []cluster.Spec{cluster.KMeans{},cluster.KMeans{Algorithm:"minibatch"},cluster.KMeans{Clusters:128,Starts:3,Algorithm:"minibatch"},cluster.DBSCAN{Eps:0.5},cluster.DBSCAN{},cluster.HDBSCAN{MinClusterSize:50,MinSamples:5}} {
  c0,t0:=cpuTime(),time.Now()
  c,err:=s.Cluster(context.Background(),x,nil,learn.Run{Seed:1,Workers:2}); if err!=nil{t.Fatal(err)}
  fmt.Printf("%+v wall %.2f cpu %.2f clusters %d noise %d used %d\n",s,time.Since(t0).Seconds(),cpuTime()-c0,c.Model.Clusters(),c.Noise(),c.Used)
  if m,ok:=c.Model.(*cluster.Centers);ok{fmt.Println(m.Inertia,m.Iterations)}
  if m,ok:=c.Model.(*cluster.Cores);ok{fmt.Println(m.Eps)}
 }
}
