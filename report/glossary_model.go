package report

import (
	"slices"
	"strings"
)

// learning holds the glossary's columns of models that learn from labels: how they were
// judged, what they say, and why.
var learning = []Column{
	{Key: "learner", Title: "Learner", Kind: Text, Help: "name of the method in words"},
	{Key: "metric", Title: "Figure", Kind: Label, Help: "figure of quality that the row is about"},
	{Key: "metric_key", Title: "Key of the figure", Kind: Label, Help: "name by which tables and gates know a figure of quality"},
	{Key: "meaning", Title: "Meaning", Kind: Text, Help: "what a figure says"},
	{Key: "value_low", Title: "Low", Kind: Real, Help: "lower bound of the value's confidence interval"},
	{Key: "value_high", Title: "High", Kind: Real, Help: "upper bound of the value's confidence interval"},

	{Key: "macro_f1", Title: "Macro F1", Kind: Real, Help: "mean of the classes' F1, each class counting the same"},
	{Key: "weighted_f1", Title: "Weighted F1", Kind: Real, Help: "mean of the classes' F1, weighted by their rows"},
	{Key: "attack_recall", Title: "Recall of attacks", Kind: Share, Help: "part of the attacks that are called an attack, of whatever class"},
	{Key: "ks", Title: "KS", Kind: Real, Help: "largest distance between the parts of the attacks and of the normal records with a score above one and the same value, 0 to 1"},
	{Key: "recall_fpr_01", Title: "Recall at 0.1 % FPR", Kind: Share, Help: "part of the attacks found with a threshold at which 0.1 % of the normal records raise an alarm"},
	{Key: "recall_fpr_1", Title: "Recall at 1 % FPR", Kind: Share, Help: "part of the attacks found with a threshold at which 1 % of the normal records raise an alarm"},
	{Key: "recall_fpr_5", Title: "Recall at 5 % FPR", Kind: Share, Help: "part of the attacks found with a threshold at which 5 % of the normal records raise an alarm"},
	{Key: "unseen_recall", Title: "Recall of new types", Kind: Share, Help: "part found of the attacks whose type training did not have"},
	{Key: "seen_recall", Title: "Recall of known types", Kind: Share, Help: "part found of the attacks whose type training had"},

	{Key: "cv_roc_auc", Title: "AUC, random", Kind: Real, Help: "area under the ROC curve by random folds, whose attacks are of types that training knows"},
	{Key: "cv_roc_auc_low", Title: "AUC, random, low", Kind: Real, Help: "lower bound of the area by random folds"},
	{Key: "cv_roc_auc_high", Title: "AUC, random, high", Kind: Real, Help: "upper bound of the area by random folds"},
	{Key: "cv_recall", Title: "Found, random", Kind: Share, Help: "part of the attacks found by random folds"},
	{Key: "cv_fpr", Title: "Alarms, random", Kind: Share, Help: "part of the normal records that raise an alarm by random folds"},
	{Key: "cv_mcc", Title: "MCC, random", Kind: Real, Help: "Matthews correlation by random folds"},
	{Key: "held_roc_auc", Title: "AUC, new types", Kind: Real, Help: "area under the ROC curve with whole attack types held out, so that every attack is of a type that training did not have"},
	{Key: "held_roc_auc_low", Title: "AUC, new types, low", Kind: Real, Help: "lower bound of the area with attack types held out"},
	{Key: "held_roc_auc_high", Title: "AUC, new types, high", Kind: Real, Help: "upper bound of the area with attack types held out"},
	{Key: "held_recall", Title: "Found, new types", Kind: Share, Help: "part found, at the threshold in use, of attacks of types that training did not have"},
	{Key: "held_recall_low", Title: "Found, new, low", Kind: Share, Help: "lower bound of the part found of attack types held out"},
	{Key: "held_recall_high", Title: "Found, new, high", Kind: Share, Help: "upper bound of the part found of attack types held out"},
	{Key: "held_fpr", Title: "Alarms, new types", Kind: Share, Help: "part of the normal records that raise an alarm with attack types held out"},
	{Key: "held_recall_fpr_5", Title: "Found at 5 % alarms", Kind: Share, Help: "part found of attack types held out with a threshold at which 5 % of the normal records raise an alarm"},
	{Key: "held_recall_fpr_5_low", Title: "Found at 5 %, low", Kind: Share, Help: "lower bound of the part found of attack types held out at 5 % false alarms"},
	{Key: "held_recall_fpr_5_high", Title: "Found at 5 %, high", Kind: Share, Help: "upper bound of the part found of attack types held out at 5 % false alarms"},
	{Key: "other_roc_auc", Title: "AUC, group or time", Kind: Real, Help: "area under the ROC curve by folds that keep groups together or go forward in time"},
	{Key: "other_roc_auc_low", Title: "AUC, other, low", Kind: Real, Help: "lower bound of the area by groups or time"},
	{Key: "other_roc_auc_high", Title: "AUC, other, high", Kind: Real, Help: "upper bound of the area by groups or time"},
	{Key: "other_recall", Title: "Found, group or time", Kind: Share, Help: "part of the attacks found by groups or time"},
	{Key: "other_fpr", Title: "Alarms, group or time", Kind: Share, Help: "part of the normal records that raise an alarm by groups or time"},
	{Key: "test_roc_auc", Title: "AUC, test", Kind: Real, Help: "area under the ROC curve on the test file"},
	{Key: "test_roc_auc_low", Title: "AUC, test, low", Kind: Real, Help: "lower bound of the area on the test file"},
	{Key: "test_roc_auc_high", Title: "AUC, test, high", Kind: Real, Help: "upper bound of the area on the test file"},
	{Key: "test_accuracy", Title: "Right, test", Kind: Share, Help: "part of the test file's records judged rightly"},
	{Key: "test_recall", Title: "Found, test", Kind: Share, Help: "part of the test file's attacks that are found"},
	{Key: "test_unseen_recall", Title: "Found, test, new", Kind: Share, Help: "part found of the test file's attacks whose type training did not have"},
	{Key: "test_fpr", Title: "Alarms, test", Kind: Share, Help: "part of the test file's normal records that raise an alarm"},
	{Key: "row_seconds", Title: "Time per row", Kind: Duration, Help: "time taken to score a record"},
	{Key: "score_seconds", Title: "Scoring time", Kind: Duration, Help: "time taken to score the records"},

	{Key: "cv", Title: "Random folds", Kind: Real, Help: "value by random folds, whose attacks are of types that training knows"},
	{Key: "cv_low", Title: "Random, low", Kind: Real, Help: "lower bound of the value by random folds"},
	{Key: "cv_high", Title: "Random, high", Kind: Real, Help: "upper bound of the value by random folds"},
	{Key: "held", Title: "New types", Kind: Real, Help: "value with whole attack types held out of training"},
	{Key: "held_low", Title: "New types, low", Kind: Real, Help: "lower bound of the value with attack types held out"},
	{Key: "held_high", Title: "New types, high", Kind: Real, Help: "upper bound of the value with attack types held out"},
	{Key: "other", Title: "Groups or time", Kind: Real, Help: "value by folds that keep groups together or go forward in time"},
	{Key: "other_low", Title: "Groups or time, low", Kind: Real, Help: "lower bound of the value by groups or time"},
	{Key: "other_high", Title: "Groups or time, high", Kind: Real, Help: "upper bound of the value by groups or time"},
	{Key: "tested", Title: "This file", Kind: Real, Help: "value on a file that was not trained on"},
	{Key: "tested_low", Title: "This file, low", Kind: Real, Help: "lower bound of the value on the file"},
	{Key: "tested_high", Title: "This file, high", Kind: Real, Help: "upper bound of the value on the file"},

	{Key: "only_first", Title: "Only the first right", Kind: Count, Help: "records that only the first model judges rightly"},
	{Key: "only_second", Title: "Only the other right", Kind: Count, Help: "records that only the other model judges rightly"},
	{Key: "fold", Title: "Fold", Kind: Count, Help: "part of a cross-validation, from 1"},
	{Key: "fold_threshold", Title: "Fold threshold", Kind: Real, Help: "score from which a record of the fold is an alarm"},
	{Key: "train_rows", Title: "Training rows", Kind: Count, Help: "records that were learned from"},
	{Key: "test_rows", Title: "Judged rows", Kind: Count, Help: "records that were held out and judged"},
	{Key: "held_types", Title: "Types held out", Kind: Text, Help: "attack types that training did not see"},
	{Key: "support", Title: "In the data", Kind: Count, Help: "records that are of the class"},
	{Key: "n_predicted", Title: "Verdicts", Kind: Count, Help: "records that the model took for the class"},
	{Key: "recall_low", Title: "Recall low", Kind: Share, Help: "lower bound of the recall's confidence interval"},
	{Key: "recall_high", Title: "Recall high", Kind: Share, Help: "upper bound of the recall's confidence interval"},
	{Key: "precision_low", Title: "Precision low", Kind: Share, Help: "lower bound of the precision's confidence interval"},
	{Key: "precision_high", Title: "Precision high", Kind: Share, Help: "upper bound of the precision's confidence interval"},
	{Key: "f1_low", Title: "F1 low", Kind: Real, Help: "lower bound of F1's confidence interval"},
	{Key: "f1_high", Title: "F1 high", Kind: Real, Help: "upper bound of F1's confidence interval"},
	{Key: "fpr_low", Title: "False alarms low", Kind: Share, Help: "lower bound of the false alarm rate's confidence interval"},
	{Key: "fpr_high", Title: "False alarms high", Kind: Share, Help: "upper bound of the false alarm rate's confidence interval"},
	{Key: "accuracy_low", Title: "Accuracy low", Kind: Share, Help: "lower bound of the accuracy's confidence interval"},
	{Key: "accuracy_high", Title: "Accuracy high", Kind: Share, Help: "upper bound of the accuracy's confidence interval"},
	{Key: "class_precision", Title: "Class precision", Kind: Share, Help: "part of the verdicts for the class that are right"},
	{Key: "class_precision_low", Title: "Class precision low", Kind: Share, Help: "lower bound of the class's precision"},
	{Key: "class_precision_high", Title: "Class precision high", Kind: Share, Help: "upper bound of the class's precision"},
	{Key: "class_recall", Title: "Class recall", Kind: Share, Help: "part of the class's records that are called by the class"},
	{Key: "class_recall_low", Title: "Class recall low", Kind: Share, Help: "lower bound of the class's recall"},
	{Key: "class_recall_high", Title: "Class recall high", Kind: Share, Help: "upper bound of the class's recall"},
	{Key: "class_f1", Title: "Class F1", Kind: Real, Help: "harmonic mean of the class's precision and recall"},
	{Key: "class_f1_low", Title: "Class F1 low", Kind: Real, Help: "lower bound of the class's F1"},
	{Key: "class_f1_high", Title: "Class F1 high", Kind: Real, Help: "upper bound of the class's F1"},
	{Key: "class_specificity", Title: "Class specificity", Kind: Share, Help: "part of the records of other classes that are not called by the class"},
	{Key: "class_fpr", Title: "Class false alarms", Kind: Share, Help: "part of the records of other classes that are called by the class"},
	{Key: "class_fpr_low", Title: "Class alarms low", Kind: Share, Help: "lower bound of the class's false alarm rate"},
	{Key: "class_fpr_high", Title: "Class alarms high", Kind: Share, Help: "upper bound of the class's false alarm rate"},
	{Key: "class_auc", Title: "Class AUC", Kind: Real, Help: "area under the ROC curve of the class against all others"},
	{Key: "class_auc_low", Title: "Class AUC low", Kind: Real, Help: "lower bound of the area of the class against all others"},
	{Key: "class_auc_high", Title: "Class AUC high", Kind: Real, Help: "upper bound of the area of the class against all others"},
	{Key: "type_recall", Title: "Type recall", Kind: Share, Help: "part of the attacks of a type that are called an attack"},
	{Key: "type_recall_low", Title: "Type recall low", Kind: Share, Help: "lower bound of the part of a type that is found"},
	{Key: "type_recall_high", Title: "Type recall high", Kind: Share, Help: "upper bound of the part of a type that is found"},
	{Key: "n_found", Title: "Attacks found", Kind: Count, Help: "attacks that are called an attack"},
	{Key: "right_class", Title: "Right class", Kind: Count, Help: "attacks that are found and called by their class"},
	{Key: "unseen", Title: "New type", Kind: Bool, Help: "whether training had no attack of the type"},
	{Key: "trained_rows", Title: "In training", Kind: Count, Help: "records of the type that training had"},
	{Key: "n_attacks", Title: "Attack rows", Kind: Count, Help: "records that are attacks"},
	{Key: "right", Title: "Right", Kind: Bool, Help: "whether the verdict is that of the label"},
	{Key: "slice_accuracy", Title: "Slice accuracy", Kind: Share, Help: "part of the level's records judged rightly"},
	{Key: "slice_accuracy_low", Title: "Slice accuracy low", Kind: Share, Help: "lower bound of the level's accuracy"},
	{Key: "slice_accuracy_high", Title: "Slice accuracy high", Kind: Share, Help: "upper bound of the level's accuracy"},
	{Key: "slice_recall", Title: "Slice recall", Kind: Share, Help: "part of the level's attacks that are called an attack"},
	{Key: "slice_recall_low", Title: "Slice recall low", Kind: Share, Help: "lower bound of the part of the level's attacks that is found"},
	{Key: "slice_recall_high", Title: "Slice recall high", Kind: Share, Help: "upper bound of the part of the level's attacks that is found"},
	{Key: "slice_fpr", Title: "Slice false alarms", Kind: Share, Help: "part of the level's normal records that raise an alarm"},
	{Key: "slice_fpr_low", Title: "Slice alarms low", Kind: Share, Help: "lower bound of the level's false alarm rate"},
	{Key: "slice_fpr_high", Title: "Slice alarms high", Kind: Share, Help: "upper bound of the level's false alarm rate"},
	{Key: "slice_auc", Title: "Slice AUC", Kind: Real, Help: "area under the ROC curve of the level's records"},
	{Key: "slice_auc_low", Title: "Slice AUC low", Kind: Real, Help: "lower bound of the level's area under the ROC curve"},
	{Key: "slice_auc_high", Title: "Slice AUC high", Kind: Real, Help: "upper bound of the level's area under the ROC curve"},
	{Key: "slice_fp", Title: "Slice FP", Kind: Count, Help: "false alarms among the level's records"},
	{Key: "slice_fn", Title: "Slice FN", Kind: Count, Help: "attacks missed among the level's records"},
	{Key: "differs", Title: "Differs", Kind: Bool, Help: "whether the accuracy's interval and that of all records do not overlap"},

	{Key: "unseen_levels", Title: "Unseen levels", Kind: Count, Help: "cells with a level that training did not have; the model takes them for missing"},
	{Key: "outside", Title: "Outside", Kind: Count, Help: "numbers below the least or above the greatest of training"},
	{Key: "missing_before", Title: "Missing, training", Kind: Share, Help: "part of the training records without a value"},
	{Key: "before", Title: "Training", Kind: Real, Help: "value in the training rows"},
	{Key: "now", Title: "In this file", Kind: Real, Help: "value in the file that is looked at"},
	{Key: "earlier", Title: "Earlier run", Kind: Real, Help: "value in the earlier run"},
	{Key: "earlier_low", Title: "Earlier, low", Kind: Real, Help: "lower bound of the value in the earlier run"},
	{Key: "earlier_high", Title: "Earlier, high", Kind: Real, Help: "upper bound of the value in the earlier run"},
	{Key: "change_since", Title: "Change since", Kind: Real, Help: "value less that of the earlier run"},
	{Key: "worse", Title: "Worse", Kind: Bool, Help: "whether the value is worse than in the earlier run, and the intervals do not overlap"},
	{Key: "first_value", Title: "First model", Kind: Real, Help: "value of the first model"},
	{Key: "first_low", Title: "First, low", Kind: Real, Help: "lower bound of the first model's value"},
	{Key: "first_high", Title: "First, high", Kind: Real, Help: "upper bound of the first model's value"},
	{Key: "second_value", Title: "Second model", Kind: Real, Help: "value of the second model"},
	{Key: "second_low", Title: "Second, low", Kind: Real, Help: "lower bound of the second model's value"},
	{Key: "second_high", Title: "Second, high", Kind: Real, Help: "upper bound of the second model's value"},
	{Key: "second_right", Title: "Second right", Kind: Count, Help: "records that the second model judges rightly"},
	{Key: "second_wrong", Title: "Second wrong", Kind: Count, Help: "records that the second model judges wrongly"},
	{Key: "first_verdict", Title: "First model is", Kind: Label, Help: "whether the first model judges the records rightly"},

	{Key: "score_low", Title: "Score from", Kind: Real, Help: "least score of a range"},
	{Key: "score_high", Title: "Score to", Kind: Real, Help: "score at which a range ends"},
	{Key: "tenth", Title: "Tenth", Kind: Count, Help: "about a tenth of the records by their score, 1 for those with the highest"},
	{Key: "part_attacks", Title: "Part attacks", Kind: Share, Help: "part of the records of a range of scores that are attacks"},
	{Key: "part_attacks_low", Title: "Part attacks, low", Kind: Share, Help: "lower bound of the part that are attacks"},
	{Key: "part_attacks_high", Title: "Part attacks, high", Kind: Share, Help: "upper bound of the part that are attacks"},
	{Key: "part_lift", Title: "Lift of part", Kind: Real, Help: "how many times more frequent attacks are in a range of scores than among all records"},
	{Key: "total_gain", Title: "Total gain", Kind: Share, Help: "part of all attacks that have these or higher scores"},
	{Key: "total_lift", Title: "Total lift", Kind: Real, Help: "how many times more frequent attacks are among records with these or higher scores than among all"},
	{Key: "says", Title: "Model says", Kind: Label, Help: "normal or attack, by the model's threshold"},
	{Key: "auc_drop", Title: "AUC lost", Kind: Real, Help: "how much smaller the area under the ROC curve is if the column is shuffled among the rows, mean of the shuffles"},
	{Key: "auc_drop_sd", Title: "SD of AUC lost", Kind: Real, Help: "standard deviation of the loss over the shuffles"},
	{Key: "error_rise", Title: "Further errors", Kind: Share, Help: "further wrong verdicts, as a part of the rows, if the column is shuffled among them"},
	{Key: "error_rise_sd", Title: "SD of errors", Kind: Share, Help: "standard deviation of the further errors over the shuffles"},
	{Key: "own_importance", Title: "Model's own measure", Kind: Share, Help: "part of the column in the model's own measure of importance"},
	{Key: "mean_score", Title: "Mean score", Kind: Real, Help: "mean score of the rows if all had the value in the column"},
	{Key: "score_q10", Title: "Score 10%", Kind: Real, Help: "10 % quantile of the rows' scores if all had the value in the column"},
	{Key: "score_q50", Title: "Score median", Kind: Real, Help: "median of the rows' scores if all had the value in the column"},
	{Key: "score_q90", Title: "Score 90%", Kind: Real, Help: "90 % quantile of the rows' scores if all had the value in the column"},
	{Key: "line", Title: "Line", Kind: Count, Help: "line of the file on which the record begins, from 1"},
	{Key: "cell", Title: "Cell", Kind: Text, Help: "what the record has in the column"},
	{Key: "part_of_score", Title: "Part", Kind: Real, Help: "what the column adds to the record's score; the parts and the base add up to the total"},
	{Key: "conditions", Title: "If", Kind: Text, Help: "what a record must be like for the rule to apply"},
	{Key: "class_share", Title: "Class share", Kind: Share, Help: "part of the class among the training rows that a rule applies to"},
	{Key: "cover", Title: "Training rows, weighed", Kind: Real, Help: "weight of the training rows that the rule applies to"},

	{Key: "member", Title: "Member", Kind: Bool, Help: "whether the candidate is a member of the hybrid"},
	{Key: "members", Title: "Members", Kind: Text, Help: "learners and detectors that are asked together"},
	{Key: "candidate", Title: "Candidate", Kind: Count, Help: "number of a candidate of a search, from 1"},
	{Key: "rows_share", Title: "Rows tried on", Kind: Share, Help: "part of the rows that a candidate was tried on"},
	{Key: "goal", Title: "Goal", Kind: Real, Help: "figure that a search makes as good as it can be, mean of the folds"},
	{Key: "goal_sd", Title: "SD over folds", Kind: Real, Help: "standard deviation of the goal over the folds"},
	{Key: "settings", Title: "Settings", Kind: Text, Help: "settings of the learner that are not its defaults"},
	{Key: "prepared_by", Title: "Prepared by", Kind: Text, Help: "steps between the table and the learner"},
	{Key: "balance", Title: "Balance", Kind: Text, Help: "what counts the same in training: none, class, attack"},
	{Key: "setting", Title: "Setting", Kind: Label, Help: "name of a setting"},
	{Key: "set_to", Title: "Set to", Kind: Text, Help: "value of a setting"},
	{Key: "learned_rows", Title: "Rows learned from", Kind: Count, Help: "records of a point of a learning curve"},
	{Key: "train_value", Title: "In training rows", Kind: Real, Help: "figure on the rows that were learned from"},
	{Key: "held_value", Title: "In held-out rows", Kind: Real, Help: "figure on rows that were not learned from"},
}

// splitFigures are the figures of learners judged in one of several ways: those of the
// best known way have the plain keys.
var splitFigures = prefixed("split_", "judged in the way that the row names", metricKeys, models, learning)

// prefixed makes columns of the same figures of something else out of columns of lists.
func prefixed(prefix, of string, keys []string, lists ...[]Column) []Column {
	var out []Column
	for _, key := range keys {
		for _, c := range slices.Concat(lists...) {
			if c.Key == key {
				c.Key, c.Title, c.Help = prefix+key, "S. "+c.Title, c.Help+"; "+of
				out = append(out, c)
			}
		}
	}
	return out
}

// plainTitles gives columns of figures of a part the titles of the figures themselves, for
// tables that say what the part is.
func plainTitles(prefix string, columns []Column) []Column {
	for i := range columns {
		if key, ok := strings.CutPrefix(columns[i].Key, prefix); ok {
			if c, known := Lookup(key); known {
				columns[i].Title = c.Title
			}
		}
	}
	return columns
}
