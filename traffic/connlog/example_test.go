package connlog_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/connlog"
)

func ExampleReader() {
	log := strings.NewReader(`{"ts":1772438400.25,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":2000,"id.resp_h":"10.0.1.1","id.resp_p":80,"proto":"tcp","conn_state":"REJ"}
{"ts":1772438401,"uid":"C2","id.orig_h":"10.0.0.1","id.resp_h":"10.0.1.1","proto":"unknown_transport"}
{"ts":1772438402,"uid":"C3","id.orig_h":"10.0.0
`)
	r, err := connlog.NewReader(log, connlog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = r.All(context.Background(), func(c *traffic.Connection) error {
		fmt.Println(c.UID, c.Time().Format("15:04:05.00"), c.Src, c.Service(), c.State)
		return nil
	})
	p := r.Problems()
	fmt.Println(r.Format(), p.Connections, p.Protocols, p.Examples[0].Line, err)
	// Output:
	// C1 08:00:00.25 10.0.0.1 http REJ
	// zeek-json 1 map[unknown_transport:1] 3 <nil>
}
