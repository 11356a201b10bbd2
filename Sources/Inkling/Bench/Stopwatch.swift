import Foundation

/// Repeated measurements. A machine has other things to do as well, and they only ever make a measurement slower.
enum Stopwatch {
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body).components
        return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }

    /// The shortest of as many runs as fit into some seconds, at least three; in seconds that this thread had a core,
    /// so that what the system gives to others in between does not count.
    static func best(within limit: Double, _ body: () -> Void) -> Double {
        var (best, total, runs) = (Double.infinity, 0.0, 0)
        while total < limit || runs < 3 {
            let start = threadSeconds
            body()
            let time = threadSeconds - start
            (best, total, runs) = (min(best, time), total + time, runs + 1)
        }
        return best
    }

    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }
}
