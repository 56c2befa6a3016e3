"""The peer of netanom serve: Flask and scikit-learn, the way such services are commonly written.

    peer.py train DIR                                 trains both models and stores them in DIR
    PEER_KIND=rf PEER_DIR=DIR gunicorn -w 2 peer:app  serves one of them (rf or hgb), trained first if DIR has none

Training reads KDDTrain+_20Percent.txt, found through NETANOM_SHARED. POST /predict takes one object of 41 named fields or
an array of them.
"""
import os
import sys

import joblib
import pandas as pd
from flask import Flask, jsonify, request
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from columns import FEATURES, TEXT

LEARNERS = {
    "rf": lambda: RandomForestClassifier(100, random_state=1),
    "hgb": lambda: HistGradientBoostingClassifier(random_state=1),
}


def train(kind):
    path = os.path.join(os.environ["NETANOM_SHARED"], "data", "nsl-kdd", "KDDTrain+_20Percent.txt")
    table = pd.read_csv(path, header=None, names=FEATURES + ["label", "difficulty"])
    # dense, since the boosting takes no sparse matrix
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("levels", levels, TEXT)], remainder="passthrough")
    model = Pipeline([("columns", columns), ("learner", LEARNERS[kind]())])
    return model.fit(table[FEATURES], table["label"] != "normal")


def stored(folder, kind):
    """The model of that kind, trained if the folder has none."""
    path = os.path.join(folder, kind + ".joblib")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        draft = f"{path}.{os.getpid()}"  # each worker may train; the file appears complete
        joblib.dump(train(kind), draft)
        os.replace(draft, path)
    return joblib.load(path)


def create(folder, kind):
    app = Flask(__name__)
    model = stored(folder, kind)

    @app.route("/predict", methods=["POST"])
    def predict():
        body = request.get_json()
        table = pd.DataFrame(body if isinstance(body, list) else [body])
        probability = model.predict_proba(table)[:, 1]
        return jsonify(predictions=[
            {"label": "attack" if p >= 0.5 else "normal", "probability": p} for p in probability.tolist()
        ])

    return app


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "train":
        sys.exit(__doc__)
    for each in LEARNERS:
        stored(sys.argv[2], each)
else:
    app = create(os.environ.get("PEER_DIR", "."), os.environ.get("PEER_KIND", "rf"))
