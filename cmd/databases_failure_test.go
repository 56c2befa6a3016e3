package cmd

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// couldNot runs a command that must end with a sentence, exit code 1 and no answer.
func couldNot(t *testing.T, s session, says string, args ...string) {
	t.Helper()
	r := s.run(t, append(args, "--no-report")...)
	if r.code != exitError || r.stdout != "" || !strings.Contains(r.stderr, says) {
		t.Errorf("netanom %s: exit code %d, %.200q on standard output, %s; want %q", strings.Join(args, " "), r.code, r.stdout, r.stderr, says)
	}
}

func TestDatabaseRefusals(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--seed", "3", "--out", "t.csv", "--quiet")
	for _, s := range testServers(t) {
		t.Run(s.name, func(t *testing.T) {
			table := s.load(t, "netanom_refusals", "t.csv")
			analyst := strings.Replace(strings.Replace(table, "postgres@", "", 1), "://", "://analyst@", 1)
			couldNot(t, session{env: map[string]string{"NETANOM_PASSWORD": "wrong-of-course"}}, "password", "describe", analyst)
			if r := (session{env: map[string]string{"NETANOM_PASSWORD": "wrong-of-course"}}).run(t, "describe", analyst); strings.Contains(r.stderr, "wrong-of-course") {
				t.Errorf("the password is told: %s", r.stderr)
			}
			couldNot(t, session{}, "no", "describe", table+"_there_is_none")
			if s.name == "clickhouse" { // which knows no limit of less than a second
				couldNot(t, session{}, "memory", "corr", table, "--query-memory", "1")
				return
			}
			couldNot(t, session{}, "time", "corr", table, "--query-seconds", "0.001")
		})
	}
}

// TestDatabaseHangs gives a server up that takes connections and never answers.
func TestDatabaseHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
	for _, scheme := range []string{"clickhouse", "postgres"} {
		couldNot(t, session{}, l.Addr().String(), "describe", fmt.Sprintf("%s://u@%s/d/t", scheme, l.Addr()), "--query-silence", "0.5")
	}
}

// TestTableChanges changes a table between two statements of one command.
func TestTableChanges(t *testing.T) {
	s := testServers(t)[0]
	if s.name != "clickhouse" {
		t.Skip("NETANOM_CLICKHOUSE is not set; PostgreSQL shows a command one state of a table")
	}
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "3000", "--seed", "3", "--out", "t.csv", "--quiet")
	for says, change := range map[string]string{
		"changed its columns":       "ALTER TABLE netanom_changes DROP COLUMN hot",
		"changed while it was read": "INSERT INTO netanom_changes_local SELECT * FROM netanom_changes_local LIMIT 10",
	} {
		table := s.load(t, "netanom_changes", "t.csv")
		at, err := sql.ParseAddress(table)
		if err != nil {
			t.Fatal(err)
		}
		proxy := changingProxy(t, at, 8, func() {
			if err := s.all[0].Exec(t.Context(), change); err != nil {
				t.Error(err)
			}
		})
		couldNot(t, session{}, says, "describe", fmt.Sprintf("clickhouse://%s/default/netanom_changes", proxy))
	}
}

// changingProxy passes statements on to a server, and does something before one of them.
func changingProxy(t *testing.T, at sql.Address, before int, do func()) (address string) {
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: net.JoinHostPort(at.Host, strconv.Itoa(at.Port))})
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if bytes.Contains(body, []byte("netanom_changes")) && !bytes.Contains(body, []byte("system.")) {
			mu.Lock()
			if n++; n == before {
				do()
			}
			mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestShardDies kills a shard while it counts.
func TestShardDies(t *testing.T) {
	s := testServers(t)[0]
	binary, err := exec.LookPath("clickhouse-server")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%v, and CI is to have it", err)
	}
	if s.name != "clickhouse" || err != nil {
		t.Skip("NETANOM_CLICKHOUSE is not set, or there is no clickhouse-server to start")
	}
	at, err := sql.ParseAddress(s.base + "/netanom_dying")
	if err != nil {
		t.Fatal(err)
	}
	dying := startShard(t, binary, at.Port+5, at.Port+15)
	lasting := s.all[0]
	shard := dialTest(t, fmt.Sprintf("clickhouse://127.0.0.1:%d/default/t", at.Port+5))
	for _, conn := range []sql.Conn{lasting, shard} {
		s.exec(t, conn, "DROP TABLE IF EXISTS netanom_dying_local")
		s.exec(t, conn, "CREATE TABLE netanom_dying_local (src_bytes UInt64, dst_bytes UInt64, word String) ENGINE = MergeTree ORDER BY tuple() PARTITION BY tuple()")
	}
	s.exec(t, shard, "INSERT INTO netanom_dying_local SELECT number % 100000, number % 77777, toString(number % 900) FROM system.numbers LIMIT 20000000")
	s.exec(t, lasting, "DROP TABLE IF EXISTS netanom_dying")
	s.exec(t, lasting, "CREATE TABLE netanom_dying AS netanom_dying_local ENGINE = Distributed(netanom_dying, default, netanom_dying_local)")
	go func() {
		time.Sleep(700 * time.Millisecond)
		_ = dying.Process.Kill()
	}()
	couldNot(t, session{}, "part of the table", "describe", s.base+"/netanom_dying")
	s.exec(t, lasting, "DROP TABLE netanom_dying")
	s.exec(t, lasting, "DROP TABLE netanom_dying_local")
}

// startShard starts a server of its own, and waits until it answers.
func startShard(t *testing.T, binary string, httpPort, nativePort int) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	write(t, filepath.Join(home, "config.xml"), fmt.Sprintf(`<yandex><logger><level>warning</level><log>%[1]s/log</log></logger>
<http_port>%[2]d</http_port><tcp_port>%[3]d</tcp_port><listen_host>127.0.0.1</listen_host><path>%[1]s/data/</path><tmp_path>%[1]s/tmp/</tmp_path>
<users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>67108864</mark_cache_size></yandex>`,
		home, httpPort, nativePort))
	write(t, filepath.Join(home, "users.xml"), `<yandex><profiles><default/></profiles><quotas><default/></quotas>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`)
	c := exec.Command(binary, "--config-file=config.xml")
	c.Dir, c.Env = home, append(os.Environ(), "LC_ALL=C")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for range 100 {
		if a, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/ping", httpPort)); err == nil {
			a.Body.Close()
			return c
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the shard does not start")
	return nil
}

// losingProxy passes statements on to a server, and cuts the connection in place of the
// first answer to an INSERT.
func losingProxy(t *testing.T, host string) (address string) {
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: host})
	var lost atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		insert := bytes.Contains(body, []byte("INSERT")) && !bytes.Contains(body, []byte("system.processes")) // which is asked whether one is at work
		r.Body = io.NopCloser(bytes.NewReader(body))
		if insert && !lost.Swap(true) {
			pass.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
