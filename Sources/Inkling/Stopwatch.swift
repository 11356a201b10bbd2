import Foundation

/// How long things take. A machine has other things to do as well, and they only ever make a measurement slower.
enum Stopwatch {
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .seconds(1)
    }

    static func seconds(since start: ContinuousClock.Instant, now: ContinuousClock.Instant = .now) -> Double {
        (now - start) / .seconds(1)
    }

    /// The shortest of as many runs as fit into some seconds, at least three; in seconds. By the clock on the wall, as
    /// the peak that they are compared with: a virtual machine's account of a thread's own time can be too small.
    static func best(within limit: Double, _ body: () -> Void) -> Double {
        var (best, total, runs) = (Double.infinity, 0.0, 0)
        while total < limit || runs < 3 {
            let time = seconds(body)
            (best, total, runs) = (min(best, time), total + time, runs + 1)
        }
        return best
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }
}
