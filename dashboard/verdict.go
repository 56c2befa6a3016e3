package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Verdicts are what a detector says of the rows. Reasons and IDs are those of the rows
// whose score in Data.Columns[Score] is at least Floor, in the order of rows.
type Verdicts struct {
	Model      string // its name
	Algorithm  string
	Threshold  float64    // score from which on a row is an alert
	Floor      float64    // least score of rows whose reasons are kept
	Score      int        // the column of scores in Data.Columns
	Reasons    [][3]int16 // columns of Data that raised a score most, the first most; -1 for none
	IDs        []string   // what names the connection elsewhere (uid, community id); nil if nothing does
	Calibrated bool       // scores are probabilities
}

// blockVerdicts says what verdicts a block has. The reasons are in its last part: the first
// of every row, the second, the third, each a column and 1, 0 for none; behind them the IDs
// as JSON.
type blockVerdicts struct {
	Model      string  `json:"model"`
	Algorithm  string  `json:"algorithm"`
	Threshold  float64 `json:"threshold"`
	Floor      float64 `json:"floor"`
	Calibrated bool    `json:"calibrated,omitempty"`
	Score      int     `json:"score"`
	Rows       int     `json:"rows"`  // that have reasons
	Width      int     `json:"width"` // bytes of a reason
	IDs        int     `json:"ids"`   // bytes of the IDs, 0 without
}

// write appends the reasons and IDs to the body of a part.
func (v *Verdicts) write(body []byte) (*blockVerdicts, []byte, error) {
	head := &blockVerdicts{Model: v.Model, Algorithm: v.Algorithm, Threshold: v.Threshold, Floor: v.Floor,
		Calibrated: v.Calibrated, Score: v.Score, Rows: len(v.Reasons)}
	reasons := make([]uint16, 0, 3*len(v.Reasons))
	for place := range 3 {
		for _, r := range v.Reasons {
			reasons = append(reasons, uint16(r[place]+1))
		}
	}
	head.Width = widthOf(reasons)
	body = appendPlanes(body, reasons, head.Width)
	if v.IDs == nil {
		return head, body, nil
	}
	text, err := json.Marshal(v.IDs)
	head.IDs = len(text)
	return head, append(body, text...), err
}

// check tells whether the verdicts are of the data.
func (v *Verdicts) check(d *Data) error {
	if v.Score < 0 || v.Score >= len(d.Columns) || d.Columns[v.Score].Values == nil {
		return errors.New("the verdicts name no column of scores")
	}
	c := &d.Columns[v.Score]
	kept := 0
	for _, k := range c.Codes {
		if int(k) < len(c.Values) && c.Values[k] >= v.Floor {
			kept++
		}
	}
	if kept != len(v.Reasons) || v.IDs != nil && kept != len(v.IDs) {
		return fmt.Errorf("%d rows have a score of at least %v, but there are the reasons of %d rows and %d IDs", kept, v.Floor, len(v.Reasons), len(v.IDs))
	}
	for _, r := range v.Reasons {
		if int(max(r[0], r[1], r[2])) >= len(d.Columns) || min(r[0], r[1], r[2]) < -1 {
			return fmt.Errorf("no column has the number of a reason in %v", r)
		}
	}
	return nil
}
