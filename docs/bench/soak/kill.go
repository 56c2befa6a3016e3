//go:build bench

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A memory is what clients were told: it must be on the disk, whatever happened since.
type memory struct {
	mu     sync.Mutex
	alerts []string
	truths []string // rows whose labels were acknowledged
}

func (m *memory) addAlerts(ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alerts = append(m.alerts, ids...)
}

func (m *memory) addTruth(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.truths = append(m.truths, id)
}

// A siege is the second part: load whose process is killed.
type siege struct {
	st     *stage
	r      *report
	hook   *hook
	memory memory
	twins  int
	args   []string
}

const killFiles = "kill"

// kills kills the process in the middle of load, some times, and then ends it in order.
func kills(ctx context.Context, st *stage, r *report, rounds int) error {
	h, err := newHook()
	if err != nil {
		return err
	}
	defer h.close()
	if err := st.place("live.netanom", st.models[0].text); err != nil {
		return err
	}
	g := &siege{st: st, r: r, hook: h, args: append(st.flags(killFiles, h.url), "--alerts-mib", "1", "--alerts-keep", "10000")}
	random := rand.New(rand.NewPCG(st.seed, 99))
	for i := range rounds {
		if err := g.round(ctx, i, time.Duration(300+random.IntN(1200))*time.Millisecond); err != nil {
			return err
		}
	}
	if err := g.drain(ctx); err != nil {
		return err
	}
	if err := g.deliver(ctx); err != nil {
		return err
	}
	g.judge()
	h.report(r)
	return ctx.Err()
}

// round starts a service, lets clients loose on it, and kills it.
func (g *siege) round(ctx context.Context, n int, after time.Duration) error {
	s, err := g.st.start(ctx, g.args)
	if err != nil {
		g.r.breach("the service starts after a kill", "%v", err)
		return err
	}
	defer s.kill()
	work, stop := context.WithCancel(ctx)
	defer stop()
	recent := make(chan string, 256)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() { g.client(work, s, recent, uint64(1000*n+i)) })
	}
	all.Go(func() { g.twin(work) })
	pause(ctx, after)
	if ctx.Err() == nil {
		select {
		case <-s.ended:
			g.r.breach("only kills end the service", "%v", s.err)
		default:
		}
	}
	s.kill()
	stop()
	all.Wait()
	g.r.count("Kills", "rounds", 1)
	s.log.judge(g.r)
	return nil
}

// client sends rows that are attacks, and labels for them, until the service is gone.
func (g *siege) client(ctx context.Context, s *service, recent chan string, n uint64) {
	random := rand.New(rand.NewPCG(g.st.seed, n))
	c := &client{addr: s.clients}
	defer c.close()
	for ctx.Err() == nil {
		q := g.request(random, recent)
		a, err := c.ask(q.bytes(""))
		if err != nil {
			return // it was killed; the answer did not come
		}
		f, err := g.st.check(q, a)
		if err != nil {
			g.r.breach(answeredWell, "before a kill, %s: %v", kindNames[q.kind], err)
			continue
		}
		g.r.count("Kills", "answers, "+kindNames[q.kind], 1)
		if q.kind == truth {
			g.memory.addTruth(q.alert)
			continue
		}
		g.memory.addAlerts(f.alerts)
		offer(recent, f.alerts)
	}
}

// offer names alerts for feedback, each twice, so that two clients send the same label at once.
func offer(recent chan<- string, alerts []string) {
	for _, id := range alerts {
		for range 2 {
			select {
			case recent <- id:
			default:
			}
		}
	}
}

// request draws what to send: most single records are attacks here, and much is feedback.
func (g *siege) request(random *rand.Rand, recent <-chan string) *request {
	if random.IntN(2) == 0 {
		select {
		case id := <-recent:
			return g.st.feedback(id)
		default:
		}
	}
	kind := draw(random)
	if kind == single || kind == truth {
		return g.st.bodies[single][g.st.attacks[random.IntN(len(g.st.attacks))]]
	}
	return g.st.pick(random, kind)
}

// twin starts the service a second time with the same files, which must be refused and
// harm nothing.
func (g *siege) twin(ctx context.Context) {
	for ctx.Err() == nil {
		_, err := g.st.run(ctx, append(g.args, "--quiet")...)
		if ctx.Err() != nil {
			return
		}
		g.r.count("Kills", "second processes on the same files, refused", 1)
		if err == nil || strings.Contains(err.Error(), "panic") || !strings.Contains(err.Error(), "another process") {
			g.r.breach("a second process on the same files is refused with a sentence that says why", "%.300v", err)
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// deliver starts the service once more, and waits until the webhook has all alerts.
func (g *siege) deliver(ctx context.Context) error {
	s, err := g.st.start(ctx, g.args)
	if err != nil {
		return err
	}
	defer s.kill()
	want := &gathered{hook: g.hook}
	want.add(g.memory.alerts)
	began := time.Now()
	if missing := g.hook.await(ctx, want.list, 2*time.Minute); missing > 0 {
		g.r.breach("the webhook gets every alert at least once", "%d of %d are missing", missing, len(want.list))
	}
	g.r.say("After the last start the webhook had every alert after %.1f s.", time.Since(began).Seconds())
	if code, err := s.stop(30 * time.Second); err != nil || code != 0 {
		g.r.breach("SIGTERM ends the process with 0", "it ended with %d: %v", code, err)
	}
	s.log.judge(g.r)
	return nil
}

// judge looks for all that was acknowledged.
func (g *siege) judge() {
	written, err := g.ids("*-alerts.jsonl*", "id")
	if err != nil {
		g.r.breach("alerts are in the files of alerts, in whole lines", "%v", err)
	}
	missing, again := absent(g.memory.alerts, written)
	g.r.count("Kills", "alerts of answers that were received", len(g.memory.alerts))
	g.r.count("Kills", "alerts in the files", len(written))
	if missing != nil || again > 0 {
		g.r.breach("every alert of an answer that was received is in the files of alerts, once", "%d are missing, such as %s; %d are there again", len(missing), first(missing), again)
	}
	labels, err := g.ids("*-labels.jsonl", "netanom_id")
	if err != nil {
		g.r.breach("labels are in the file of feedback, in whole lines", "%v", err)
	}
	missing, again = absent(g.memory.truths, labels)
	g.r.count("Kills", "labels that were acknowledged", len(g.memory.truths))
	g.r.count("Kills", "labels in the file", len(labels))
	g.r.count("Kills", "labels that are there again", again)
	if missing != nil {
		g.r.breach("every label that was acknowledged is in the file of feedback", "%d are missing, such as %s", len(missing), first(missing))
	}
	if dead, err := os.ReadFile(g.st.path(killFiles + "-alerts.jsonl.webhook.dead")); err == nil && len(dead) > 0 {
		g.r.breach("no alert goes to the dead-letter file", "%d bytes have", len(dead))
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return list[0]
}

// absent lists what is wanted and not there, and counts what is there more than once.
func absent(want []string, there map[string]int) (missing []string, again int) {
	for _, id := range want {
		if there[id] == 0 {
			missing = append(missing, id)
		}
	}
	for _, n := range there {
		if n > 1 {
			again++
		}
	}
	return missing, again
}

// besideLogs ends the names of files that lie beside the log and are no part of it.
var besideLogs = []string{".lock", ".cursor", ".dead", ".torn", ".new"}

// ids counts the lines of files by a member that names them. Each line must be whole.
func (g *siege) ids(pattern, member string) (map[string]int, error) {
	names, err := filepath.Glob(g.st.path(strings.Replace(pattern, "*", killFiles, 1)))
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	var broken error
	for _, name := range names {
		if contains(besideLogs, filepath.Ext(name)) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return out, err
		}
		for line := range bytes.Lines(text) {
			var m map[string]any
			id := ""
			if json.Unmarshal(line, &m) == nil {
				id, _ = m[member].(string)
			}
			if id == "" || line[len(line)-1] != '\n' {
				broken = fmt.Errorf("%s: a line of %d bytes: %.200q", filepath.Base(name), len(line), line)
				continue
			}
			out[id]++
		}
	}
	return out, broken
}
