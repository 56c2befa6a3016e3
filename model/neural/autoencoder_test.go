package neural

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func TestAutoencoderContract(t *testing.T) {
	modeltest.Check(t, &Autoencoder{HiddenLayers: []int{8, 3, 8}, MaxIter: 10, LearningRate: 0.01}, modeltest.Options{
		New: func() learn.Model { return &AutoencoderModel{} }, Scaled: true, ZeroWeights: true, AUC: 0.8,
	})
}
