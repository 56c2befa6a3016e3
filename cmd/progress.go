package cmd

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A progress shows on a terminal how far long work has come. A nil progress
// shows nothing. It is used by one goroutine at a time. Nobody can be told of its
// errors, which are all about writing to that terminal.
type progress struct {
	out   io.Writer
	bar   *progressbar.ProgressBar
	stage string
	total int64
}

// stageIs names what is being done from now on, and turns a wheel beside it.
func (p *progress) stageIs(name string) {
	if p == nil {
		return
	}
	p.clear()
	p.stage = name
	p.bar = progressbar.NewOptions64(-1, p.options(progressbar.OptionSetRenderBlankState(true), progressbar.OptionSetElapsedTime(true))...)
}

// bytes shows how much of a file has been read.
func (p *progress) bytes(done, total int64) {
	if p == nil || total <= 0 {
		return
	}
	if p.bar == nil || p.total != total || done < p.done() {
		p.clear()
		p.total = total
		p.bar = progressbar.NewOptions64(total, p.options(progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true))...)
	}
	_ = p.bar.Set64(done)
}

// rows shows how much of a table a server has read.
func (p *progress) rows(done, total int64) {
	if total <= 0 || done > total {
		return
	}
	p.steps(int(done), int(total))
}

// steps shows how much of a stage is done, and how long the rest will take.
func (p *progress) steps(done, total int) {
	if p == nil || total <= 0 {
		return
	}
	if p.bar == nil || p.total != int64(total) || int64(done) < p.done() {
		stage := p.stage
		p.clear()
		p.stage, p.total = stage, int64(total)
		p.bar = progressbar.NewOptions64(int64(total), p.options(progressbar.OptionSetPredictTime(true))...)
	}
	_ = p.bar.Set64(int64(done))
}

// done is how much of a file the bar shows as read.
func (p *progress) done() int64 { return p.bar.State().CurrentNum }

func (p *progress) options(own ...progressbar.Option) []progressbar.Option {
	name := p.stage
	if name == "" {
		name = "reading"
	}
	return append(own,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetDescription(name),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(30),
	)
}

// clear removes the bar from the terminal, with what was typed behind it. A
// finished bar stops turning.
func (p *progress) clear() {
	if p == nil || p.bar == nil {
		return
	}
	_ = p.bar.Finish()
	const eraseLine = "\r\x1b[2K"
	_, _ = io.WriteString(p.out, eraseLine)
	p.bar, p.total = nil, 0
}
