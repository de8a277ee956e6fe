"""BPMN 2.0: run as a net (`reading`, `tracing`), taken in as a definition (`importing`), given out (`exporting`)."""
