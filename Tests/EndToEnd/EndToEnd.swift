import Testing

/// The real program, in two rows of one test after the other, as most tests wait for a program for most of their time.
/// They begin at once, while the tests of the libraries keep the processors busy.
@Suite(.serialized, .onItsOwnThread) enum EndToEnd {}

@Suite(.serialized, .onItsOwnThread) enum EndToEndBeside {}

/// What measures how quick the real program is. These rows wait for a thread of Swift's pool, and so until nearly all
/// other tests are over.
@Suite(.serialized) enum Measured {}

@Suite(.serialized) enum MeasuredBeside {}
