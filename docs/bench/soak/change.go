//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"
)

// A changer changes the model and the keys while the service runs, and knows what should
// come of it.
type changer struct {
	ctx   context.Context
	st    *stage
	s     *service
	r     *report
	file  int    // the good model that was put last
	extra string // a key that may be revoked
}

const changesWork = "changes of the model and the keys come into force, and bad files do not"

// change makes a change every two seconds.
func change(ctx context.Context, st *stage, s *service, r *report) {
	c := &changer{ctx: ctx, st: st, s: s, r: r}
	steps := []struct {
		name string
		do   func() error
	}{
		{"another model, seen by the watch", c.swap}, {"garbage", c.garbage}, {"another model and SIGHUP", c.hup}, {"a model cut short", c.truncated},
		{"another model and POST /-/reload", c.reload}, {"POST /-/rollback", c.rollback}, {"another model after a rollback", c.swap}, {"the model that was rolled back, put anew", c.swap},
		{"another model, written in two halves", c.halves}, {"one more key, one revoked", c.key},
	}
	for i := 0; ctx.Err() == nil; i++ {
		step := steps[i%len(steps)]
		began := time.Now()
		err := step.do()
		if ctx.Err() != nil {
			return
		}
		r.count("Changes", step.name, 1)
		if err != nil {
			r.breach(changesWork, "%s: %v", step.name, err)
		} else if err := c.probe(); err != nil {
			r.breach(changesWork, "after %s: %v", step.name, err)
		}
		pause(ctx, 2*time.Second-time.Since(began))
	}
}

// A standing is what the service says of its model.
type standing struct{ Version, Refused string }

// ask asks an administrator's question.
func (c *changer) ask(method, path string) (status int, m standing, err error) {
	a, err := once(c.s.admin, newRequest(method, path, "", c.st.keys["boss"], nil).bytes(""))
	if err != nil {
		return 0, m, err
	}
	var body struct{ Models []standing }
	if err := json.Unmarshal(a.body, &body); err != nil {
		return a.status, m, err
	}
	if len(body.Models) > 0 {
		m = body.Models[0]
	}
	return a.status, m, nil
}

// put puts the other good model in the place of the file.
func (c *changer) put() error {
	c.file = 1 - c.file
	return c.st.place("live.netanom", c.st.models[c.file].text)
}

// await waits until the model of the file answers.
func (c *changer) await() error {
	want := c.st.models[c.file].version
	var m standing
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end) && c.ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		var err error
		if _, m, err = c.ask("GET", "/-/models"); err != nil {
			return err
		}
		if m.Version == want && m.Refused == "" {
			return nil
		}
	}
	return fmt.Errorf("after 3 seconds %s answers and not %s of the file; refused: %q", m.Version, want, m.Refused)
}

// probe looks whether the model that is said to answer does.
func (c *changer) probe() error {
	_, m, err := c.ask("GET", "/-/models")
	if err != nil {
		return err
	}
	q := c.st.bodies[single][0]
	a, err := once(c.s.clients, q.bytes(""))
	if err != nil {
		return err
	}
	f, err := c.st.check(q, a)
	if err == nil && f.version != m.Version {
		err = fmt.Errorf("%s is said to answer, and %s does", m.Version, f.version)
	}
	return err
}

func (c *changer) swap() error {
	if err := c.put(); err != nil {
		return err
	}
	return c.await()
}

func (c *changer) hup() error {
	if err := c.put(); err != nil {
		return err
	}
	if err := c.s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	return c.await()
}

func (c *changer) reload() error {
	if err := c.put(); err != nil {
		return err
	}
	status, m, err := c.ask("POST", "/-/reload")
	if want := c.st.models[c.file].version; err == nil && (status != 200 || m.Version != want) {
		err = fmt.Errorf("status %d, and %s answers instead of %s", status, m.Version, want)
	}
	return err
}

// rollback takes the last change back. The file stays as it is.
func (c *changer) rollback() error {
	status, m, err := c.ask("POST", "/-/rollback")
	if want := c.st.models[1-c.file].version; err == nil && (status != 200 || m.Version != want) {
		err = fmt.Errorf("status %d, and %s answers instead of %s", status, m.Version, want)
	}
	pause(c.ctx, 3*watchEvery)
	if _, later, again := c.ask("GET", "/-/models"); err == nil && again == nil && later.Version != m.Version {
		err = fmt.Errorf("the rollback did not last: %s answers again", later.Version)
	}
	return err
}

// spoil puts a bad file, lets ask do what it does, and looks whether the model before goes on.
func (c *changer) spoil(text []byte, ask func() error) error {
	_, before, err := c.ask("GET", "/-/models")
	if err == nil {
		err = c.st.place("live.netanom", text)
	}
	if err == nil {
		err = ask()
	}
	if err != nil {
		return err
	}
	_, after, err := c.ask("GET", "/-/models")
	if err == nil && (after.Version != before.Version || after.Refused == "") {
		err = fmt.Errorf("%s answered before, and now %s; refused: %q", before.Version, after.Version, after.Refused)
	}
	return err
}

func (c *changer) garbage() error {
	return c.spoil([]byte("this is no model\n"), func() error { pause(c.ctx, 4*watchEvery); return nil })
}

func (c *changer) truncated() error {
	text := c.st.models[1-c.file].text
	return c.spoil(text[:len(text)*2/3], func() error {
		status, _, err := c.ask("POST", "/-/reload")
		if err == nil && status != 409 {
			err = fmt.Errorf("status %d of a reload", status)
		}
		return err
	})
}

// halves writes a model as one should not: in place, with a pause in it.
func (c *changer) halves() error {
	c.file = 1 - c.file
	text := c.st.models[c.file].text
	f, err := os.OpenFile(c.st.path("live.netanom"), os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(text[:len(text)/2]); err != nil {
		return err
	}
	pause(c.ctx, 2*watchEvery)
	if _, err := f.Write(text[len(text)/2:]); err != nil {
		return err
	}
	return c.await()
}

// key adds a key to the file of keys, in the place of the one that was added last.
func (c *changer) key() error {
	text, err := os.ReadFile(c.st.path("keys"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.st.path("keys.first")); err != nil {
		if err := os.WriteFile(c.st.path("keys.first"), text, 0o600); err != nil {
			return err
		}
	} else if text, err = os.ReadFile(c.st.path("keys.first")); err != nil {
		return err
	}
	if err := os.WriteFile(c.st.path("keys.more"), text, 0o600); err != nil {
		return err
	}
	token, err := c.st.makeKey(c.ctx, "extra", "score", c.st.path("keys.more"))
	if err == nil {
		err = os.Rename(c.st.path("keys.more"), c.st.path("keys"))
	}
	if err != nil {
		return err
	}
	pause(c.ctx, 4*watchEvery)
	revoked := c.extra
	c.extra = token
	if err := c.allowed(token, 200); err != nil || revoked == "" {
		return err
	}
	return c.allowed(revoked, 401)
}

// allowed looks whether a key gets the status that it should.
func (c *changer) allowed(token string, want int) error {
	a, err := once(c.s.clients, newRequest("POST", "/v1/predict", "application/json", token, c.st.object(0)).bytes(""))
	if err == nil && a.status != want {
		err = fmt.Errorf("a key gets %d instead of %d", a.status, want)
	}
	return err
}
