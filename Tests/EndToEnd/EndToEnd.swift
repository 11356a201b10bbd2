import Testing

/// The real program, in three rows of one test after the other, beside each other, as most tests wait for a program for
/// most of their time. What measures how quick it is is in the first two.
@Suite(.serialized) enum EndToEnd {}

@Suite(.serialized) enum EndToEndBeside {}

/// Begins at once, while the tests of the libraries keep the processors busy.
@Suite(.serialized, .onItsOwnThread) enum EndToEndMeanwhile {}
