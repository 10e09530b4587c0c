"""Controls of the pages: plain ES modules, one file a control."""
