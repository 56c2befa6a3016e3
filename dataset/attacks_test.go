package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func ExampleAttackCategory() {
	for _, attack := range []string{"smurf.", "Buffer Overflow", "PortScan", "Fuzzers"} {
		fmt.Println(AttackCategory(attack))
	}
	// Output:
	// dos true
	// u2r true
	// probe true
	//  false
}

func ExampleNormalValues() {
	fmt.Println(NormalValues([]string{"Benign", "Malicious", "benign"}))
	fmt.Println(NormalValues([]string{"1", "0"}))
	fmt.Println(NormalValues([]string{"1", "2", "3"}))
	// Output:
	// [Benign benign]
	// [0]
	// []
}

// kddTypes is the division of the 22 training and 17 test-only attack types by
// L. Dhanabal and S. P. Shantharajah (2015), A study on NSL-KDD dataset for
// intrusion detection system based on classification algorithms, IJARCCE 4(6).
var kddTypes = []struct{ category, training, testOnly string }{
	{CategoryDoS, "back land neptune pod smurf teardrop", "apache2 udpstorm processtable worm mailbomb"},
	{CategoryProbe, "satan ipsweep nmap portsweep", "mscan saint"},
	{CategoryR2L, "guess_passwd ftp_write imap phf multihop warezmaster warezclient spy", "xlock xsnoop snmpguess snmpgetattack httptunnel sendmail named"},
	{CategoryU2R, "buffer_overflow loadmodule rootkit perl", "sqlattack xterm ps"},
}

func TestAttackCategoryKDD(t *testing.T) {
	training, testOnly := 0, 0
	for _, k := range kddTypes {
		a, b := strings.Fields(k.training), strings.Fields(k.testOnly)
		training += len(a)
		testOnly += len(b)
		for _, name := range slices.Concat(a, b) {
			for _, spelling := range []string{name, name + ".", strings.ToUpper(name), " " + strings.ReplaceAll(name, "_", " ") + " ", strings.ReplaceAll(name, "_", "")} {
				if got, ok := AttackCategory(spelling); got != k.category || !ok {
					t.Errorf("AttackCategory(%q) = %q, %v, want %q", spelling, got, ok, k.category)
				}
				if IsNormal(spelling) {
					t.Errorf("IsNormal(%q)", spelling)
				}
			}
		}
	}
	if training != 22 || testOnly != 17 {
		t.Errorf("the table has %d and %d types, want 22 and 17", training, testOnly)
	}
}

func TestAttackCategoryElsewhere(t *testing.T) {
	tests := []struct {
		category string
		attacks  []string
	}{
		{CategoryNormal, []string{"normal", "normal.", "Normal", "BENIGN", "Benign", " benign"}},
		{CategoryDoS, []string{
			"dos", "DoS", "DDoS", "DoS Slowloris", "DoS slowloris", "DoS Hulk", "DoS Hulk - Attempted", "DoS GoldenEye", "DoS Slowhttptest", "DDoS attacks-LOIC-HTTP",
			"DDOS attack-HOIC", "DoS attacks-SlowHTTPTest", "DrDoS_DNS",
		}},
		{CategoryProbe, []string{"probe", "Reconnaissance", " Reconnaissance ", "Analysis", "PortScan", "Portscan", "Infiltration - Portscan", "PartOfAHorizontalPortScan", "PartOfAHorizontalPortScan-Attack"}},
		{CategoryR2L, []string{
			"r2l", "exfiltration", "Exploits", "Backdoor", "Backdoors", "Worms", "FTP-Patator", "SSH-Patator", "SSH-Patator - Attempted", "FTP-BruteForce", "SSH-Bruteforce",
			"Web Attack – Brute Force", "Web Attack \x96 XSS", "Web Attack \ufffd Sql Injection", "Brute Force -Web", "Brute Force -XSS", "SQL Injection", "Heartbleed", "Infiltration", "Infilteration",
		}},
		{CategoryU2R, []string{"u2r", "Shellcode"}},
	}
	for _, tt := range tests {
		for _, a := range tt.attacks {
			if got, ok := AttackCategory(a); got != tt.category || !ok {
				t.Errorf("AttackCategory(%q) = %q, %v, want %q", a, got, ok, tt.category)
			}
		}
	}
	for _, a := range []string{"", "-", "0", "1", "Generic", "Fuzzers", "Malicious", "C&C", "Okiru", "Botnet", "attempted", "unknown"} {
		if got, ok := AttackCategory(a); ok || got != "" {
			t.Errorf("AttackCategory(%q) = %q, %v, want it unknown", a, got, ok)
		}
	}
}

func TestNormalValues(t *testing.T) {
	tests := []struct{ levels, want []string }{
		{nil, nil},
		{[]string{"neptune", "normal", "smurf"}, []string{"normal"}},
		{[]string{"smurf.", "normal."}, []string{"normal."}},
		{[]string{"Benign", "Malicious", "benign"}, []string{"Benign", "benign"}},
		{[]string{"BENIGN", "DDoS"}, []string{"BENIGN"}},
		{[]string{"0", "1"}, []string{"0"}},
		{[]string{"1.0", "0.0"}, []string{"0.0"}},
		{[]string{"1"}, nil},
		{[]string{"0"}, []string{"0"}},
		{[]string{"True", "False"}, []string{"False"}},
		{[]string{"yes", "no"}, []string{"no"}},
		{[]string{"F", "T"}, []string{"F"}},
		{[]string{"0", "1", "2"}, nil},
		{[]string{"yes", "no", "maybe"}, nil},
		{[]string{"background", "botnet", "normal"}, []string{"normal"}},
		{[]string{"Background", "botnet"}, []string{"Background"}},
		{[]string{"0", "normal"}, []string{"normal"}},
		{[]string{"a", "b"}, nil},
	}
	for _, tt := range tests {
		if got := NormalValues(tt.levels); !slices.Equal(got, tt.want) {
			t.Errorf("NormalValues(%q) = %q, want %q", tt.levels, got, tt.want)
		}
	}
}
