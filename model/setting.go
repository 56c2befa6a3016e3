package model

import (
	"fmt"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/traffic"
)

// A SettingError says that the features of a table mean something else than those that a
// model learned from, though their columns have the same names.
type SettingError struct{ Model, Table traffic.Setting }

// Error says what to do.
func (e *SettingError) Error() string {
	return fmt.Sprintf("the model learned from features made with %s, and those of the table were made with %s, so that their columns do not mean the same; make them with netanom flows %s, or train a model on such a table",
		flagsOf(e.Model), flagsOf(e.Table), flagsOf(e.Model))
}

// flagsOf writes a setting as the flags that make it.
func flagsOf(s traffic.Setting) string {
	return "--windows " + s.Windows.String() + " --service-map " + s.Services.String()
}

// The columns in which a table says how its features were made. Those of the KDD data, and
// of tables without these columns, were made by the setting of KDD.
const (
	windowsColumn  = "netanom_windows"
	servicesColumn = "netanom_service_map"
)

// settingOf returns the setting by which the features of all rows of a table were made.
func settingOf(t *dataset.Table) (s traffic.Setting, err error) {
	for _, column := range []string{windowsColumn, servicesColumn} {
		at := columnNamed(t.Schema(), column)
		if at < 0 {
			continue
		}
		value, err := onlyLevel(t, at)
		if err != nil {
			return s, err
		}
		if err := set(&s, column, value); err != nil {
			return s, err
		}
	}
	return s, nil
}

// set puts the value of a column into a setting.
func set(s *traffic.Setting, column, value string) (err error) {
	if column == windowsColumn {
		s.Windows, err = traffic.ParseMode(value)
	} else {
		s.Services, err = traffic.ParseServiceMap(value)
	}
	if err != nil {
		return fmt.Errorf("column %q: %w", column, err)
	}
	return nil
}

func columnNamed(s *dataset.Schema, name string) int {
	for j := range s.Columns {
		if s.Columns[j].Name == name {
			return j
		}
	}
	return -1
}

// onlyLevel returns the value that all cells of a column have.
func onlyLevel(t *dataset.Table, at int) (string, error) {
	c := &t.Schema().Columns[at]
	mixed := fmt.Errorf("column %q does not have one value in all rows: rows whose features were made in different ways must not be mixed", c.Name)
	if c.Dict == nil || t.Rows() == 0 {
		return "", mixed
	}
	codes, err := t.Codes(at)
	if err != nil {
		return "", err
	}
	for _, code := range codes {
		if code != codes[0] || code == dataset.MissingCode {
			return "", mixed
		}
	}
	return c.Dict.Level(codes[0]), nil
}

// A settingReader holds the rows of a table to the setting of a model. It serves one
// goroutine.
type settingReader struct {
	want    traffic.Setting
	unknown error                                // what the column says cannot be understood
	columns [2]int                               // the table's, −1 for one that is not there
	values  [2]*dataset.Decoder[traffic.Setting] // what their levels make of the wanted setting
}

// newSettingReader returns a *SettingError if the table's columns alone tell that its
// features were made in another way.
func newSettingReader(want traffic.Setting, t *dataset.Schema) (*settingReader, error) {
	r := &settingReader{want: want}
	var usual traffic.Setting
	found := want
	for i, name := range []string{windowsColumn, servicesColumn} {
		r.columns[i] = columnNamed(t, name)
		switch {
		case r.columns[i] >= 0:
			r.values[i] = &dataset.Decoder[traffic.Setting]{Dict: t.Columns[r.columns[i]].Dict, Missing: want, Meaning: func(level string) traffic.Setting {
				s := want
				if err := set(&s, name, level); err != nil {
					r.unknown, s.Windows = err, traffic.Mode(^uint8(0)) // no setting that a model has
				}
				return s
			}}
		case i == 0:
			found.Windows = usual.Windows
		default:
			found.Services = usual.Services
		}
	}
	if found != want {
		return nil, &SettingError{Model: want, Table: found}
	}
	return r, nil
}

// check returns a *SettingError if a row of the batch was made in another way.
func (r *settingReader) check(b *dataset.Batch) error {
	for i, at := range r.columns {
		if at < 0 || b.Columns[at].Codes == nil {
			continue
		}
		last := uint32(dataset.MissingCode)
		for _, code := range b.Columns[at].Codes {
			if code == last {
				continue
			}
			if found := r.values[i].Of(code); found != r.want {
				if r.unknown != nil {
					return r.unknown
				}
				return &SettingError{Model: r.want, Table: found}
			}
			last = code
		}
	}
	return nil
}
