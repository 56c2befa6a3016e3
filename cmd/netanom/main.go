// Netanom asks statistical questions of network connection records.
package main

import (
	"context"
	"os"

	"github.com/netanom/netanom/cmd"
)

func main() {
	os.Exit(cmd.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
