"""Prints the description of a model with its accuracy put in. Arguments: description, what 'modelpacker eval --json' wrote, how the test pictures were made."""
import json
import sys

description, evaluation, test_set = sys.argv[1:]
with open(description, encoding="utf-8") as file:
    facts = json.load(file)
with open(evaluation, encoding="utf-8") as file:
    measured = json.load(file)
facts["verified"] = {
    "set": test_set, "top1": round(measured["top1"], 2), "n": measured["n"], "top1_correct": measured["top1_hits"], "engine": "ONNX Runtime, by modelpacker eval",
}
print(json.dumps(facts, indent=2))
