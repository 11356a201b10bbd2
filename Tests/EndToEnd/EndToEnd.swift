import Testing

/// The real program. One test after the other, since some measure how quick it is.
@Suite(.serialized) enum EndToEnd {}
