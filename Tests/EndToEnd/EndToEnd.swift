import Testing

/// The real program. One test after the other, since some measure how quick it is.
@Suite(.serialized) enum EndToEnd {}

/// A second row, beside the first: most tests of both wait for a program most of the time. What measures time or speed is
/// in the first.
@Suite(.serialized) enum EndToEndBeside {}

/// A third row, of tests that measure nothing: it runs beside all others.
@Suite(.serialized, .onItsOwnThread) enum EndToEndMeanwhile {}
