//go:build bench

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// soak is the first part: load and abuse for some time.
func soak(ctx context.Context, st *stage, r *report, how time.Duration, late float64) error {
	h, err := newHook()
	if err != nil {
		return err
	}
	defer h.close()
	if err := st.place("live.netanom", st.models[0].text); err != nil {
		return err
	}
	s, err := st.start(ctx, st.flags("soak", h.url))
	if err != nil {
		return err
	}
	defer s.kill()
	l := newLoad(st, s.clients, r)
	alerts := &gathered{hook: h}
	l.seen = alerts.add
	atRest := sampleOf(s)
	rate := measure(ctx, l, r, how)
	watch := newWatch(s)
	timings := beside(ctx, st, s, r, watch, func() []timing { return l.run(ctx, rate, how) })
	r.say("## Latency\n\n%s", latencies(timings))
	r.say("%.0f requests a second were scheduled, and %.0f answered.", rate, float64(len(timings))/how.Seconds())
	watch.judge(r, how)
	rest(ctx, s, r, atRest)
	if missing := h.await(ctx, alerts.list, time.Minute); missing > 0 {
		r.breach("the webhook gets every alert at least once", "%d of %d alerts of answers are missing", missing, len(alerts.list))
	}
	r.count("Good requests", "rows that were called attacks", len(alerts.list))
	figures(s, r, late)
	h.report(r)
	code, err := s.stop(30 * time.Second)
	if err != nil || code != 0 {
		r.breach("SIGTERM ends the process with 0", "it ended with %d: %v", code, err)
	}
	s.log.judge(r)
	return ctx.Err()
}

// measure finds the rate that the load shall have: half of what 32 connections reach with
// the same mixture of requests.
func measure(ctx context.Context, l *load, r *report, how time.Duration) float64 {
	each := min(5*time.Second, max(time.Second, how/10))
	l.reach(ctx, 32, each/2, func(*rand.Rand) int { return single }) // until it is warm
	singles := l.reach(ctx, 32, each, func(*rand.Rand) int { return single })
	mixed := l.reach(ctx, 32, each, draw)
	r.say("## Rate\n\n32 connections got answers to %.0f requests a second of one record each, and to %.0f of the mixture. The load has half of the latter.", singles, mixed)
	return mixed / 2
}

// beside runs the load while others do what they should not.
func beside(ctx context.Context, st *stage, s *service, r *report, w *watch, run func() []timing) []timing {
	side, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, do := range []func(context.Context, *stage, *service, *report){sendBad, dripHeader, dripBody, dripLine, hideRequest, saySilent, readNothing, hangUp, change} {
		all.Go(func() { do(side, st, s, r) })
	}
	all.Go(func() { w.run(side) })
	timings := run()
	stop()
	all.Wait()
	return timings
}

// gathered remembers the alerts of answers.
type gathered struct {
	hook *hook
	mu   sync.Mutex
	list []uint64
}

func (g *gathered) add(alerts []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range alerts {
		g.list = append(g.list, g.hook.hash(id))
	}
}

// rest looks whether everything that the load had opened is closed again.
func rest(ctx context.Context, s *service, r *report, before sample) {
	var after sample
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		if after = sampleOf(s); after.goroutines <= before.goroutines+10 && after.files <= before.files+10 {
			break
		}
	}
	r.say("At rest, before the load and after it: %.0f and %.0f goroutines, %.0f and %.0f files.", before.goroutines, after.goroutines, before.files, after.files)
	if after.goroutines > before.goroutines+10 || after.files > before.files+10 {
		r.breach("nothing stays open after the load", "%+v before, %+v after", before, after)
	}
}

// figures looks at what the service has counted.
func figures(s *service, r *report, late float64) {
	m, err := metrics(s.admin)
	if err != nil {
		r.breach("metrics can be read", "%v", err)
		return
	}
	const lateAlerts = `netanom_alerts_total{outcome="late"}`
	if m[lateAlerts] > late {
		r.breach("alerts are written while answers wait for them", "%s is %v", lateAlerts, m[lateAlerts])
	}
	r.count("Figures of the service", "`"+lateAlerts+"`", int(m[lateAlerts]))
	for _, name := range []string{`netanom_alerts_total{outcome="lost"}`, `netanom_alert_deliveries_total{outcome="dead",sink="webhook"}`, `netanom_problems_total{kind="internal"}`} {
		if m[name] != 0 {
			r.breach("the service counts no alert lost, and no mistake of its own", "%s is %v", name, m[name])
		}
	}
	for _, name := range []string{`netanom_alerts_total{outcome="written"}`, `netanom_alert_deliveries_total{outcome="sent",sink="webhook"}`, `netanom_alert_deliveries_total{outcome="retried",sink="webhook"}`} {
		r.count("Figures of the service", fmt.Sprintf("`%s`", name), int(m[name]))
	}
}
