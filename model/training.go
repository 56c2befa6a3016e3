package model

// Training says what a pipeline was trained on, and how it did: everything that a
// model file tells of where it came from.
type Training struct {
	Netanom string        `json:"netanom"`          // version of the program
	Path    string        `json:"path,omitempty"`   // base name of the file
	SHA256  string        `json:"sha256,omitempty"` // of the file
	Rows    int64         `json:"rows"`
	Label   string        `json:"label,omitempty"`
	Normal  []string      `json:"normal,omitempty"` // levels of the label that mean normal
	Attacks []AttackCount `json:"attacks"`          // attack types and their rows
	LeftOut []LeftOut     `json:"left_out,omitempty"`
	Quality []Quality     `json:"quality,omitempty"` // of models trained by the same recipe, on rows held out of training
}

// A Quality is one figure of how well models did.
type Quality struct {
	Split  Split   `json:"split"`
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}
