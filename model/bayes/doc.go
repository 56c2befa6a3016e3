// Package bayes holds classifiers that stand on Bayes' theorem: NaiveBayes, for
// which every column bears witness by itself, and Baseline, which hears no witness
// and knows the shares of classes only, so that others can be measured against it.
package bayes
