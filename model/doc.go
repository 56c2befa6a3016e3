// Package model learns to tell attacks from normal traffic, judges honestly how well
// it does, and keeps what was learned in a file that runs no code.
//
// The order to read it in:
//
//  1. Data (data.go) is a loaded table in the form that is learned from; a Task
//     (task.go) says what of its label.
//  2. A Recipe (recipe.go) is everything a user chooses: columns, steps, learner,
//     weights, threshold, seed. Train (train.go) makes a Pipeline of it. All that is
//     learned is learned inside, from the rows it is given, so that no cross-validation
//     can see what it is judged by.
//  3. A Pipeline (pipeline.go) turns rows into scores and verdicts: the Schema
//     (schema.go) makes a matrix of whatever the rows came in, the steps prepare it,
//     the model scores, the threshold decides.
//  4. Validate (validate.go) trains and judges by folds (folds.go): random ones, by
//     group, by time, or with whole attack types held out. Judge (judge.go)
//     measures scores against labels.
//  5. Write and Read (file.go) keep a pipeline in a file.
//
// The contract of learners and steps is in package learn; their families are in the
// packages beside it, and kinds.go lists them all.
package model
