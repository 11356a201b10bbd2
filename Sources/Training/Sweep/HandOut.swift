/// Who does which run of a sweep. Runs that take long are handed out first, so that all workers are busy to the end; a
/// worker gets its next run when it is done with one, so that fast ones get more; runs of a worker that is gone are done
/// again by others.
public struct HandOut: Sendable {
    /// How often a run may take its worker down before nobody is given it any more.
    public static let mostLosses = 3

    private let work: [Double]
    private let started: ContinuousClock.Instant
    /// Sorted, what comes next last.
    private var waiting: [Int]
    private var places: [Int: Int] = [:]
    private var underWay: [Int: Set<Int>] = [:]
    private var losses: [Int: Int] = [:]
    private var isOpen: [Bool]
    private var workDone = 0.0

    /// - Parameters:
    ///   - work: how long each run of the plan takes, in any unit.
    ///   - done: the runs that need not be done any more.
    public init(work: [Double], done: Set<Int>, now: ContinuousClock.Instant = .now) {
        self.work = work
        started = now
        isOpen = work.indices.map { !done.contains($0) }
        waiting = work.indices.filter { !done.contains($0) }
        sortWaiting()
    }

    /// Whether there is nothing left to do or to wait for.
    public var isFinished: Bool { !isOpen.contains(true) }
    public var runsUnderWay: Int { underWay.values.reduce(0) { $0 + $1.count } }

    /// A worker takes so many runs at a time from now on.
    public mutating func open(worker: Int, places: Int) { self.places[worker] = places }

    /// The next run and who is to do it: the worker that has the most free places. nil while nobody has one, or all runs
    /// are handed out.
    public mutating func next() -> (run: Int, worker: Int)? {
        let free = places.mapValues { $0 }.merging(underWay.mapValues { -$0.count }, uniquingKeysWith: +)
        let worker = free.filter { $0.value > 0 }.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
        guard let worker, let run = waiting.popLast() else { return nil }
        underWay[worker, default: []].insert(run)
        return (run, worker)
    }

    /// A run is over, for good.
    ///
    /// - Returns: whether it is the first time that it is.
    public mutating func finish(_ run: Int, worker: Int) -> Bool {
        underWay[worker]?.remove(run)
        guard work.indices.contains(run), isOpen[run] else { return false }
        isOpen[run] = false
        waiting.removeAll { $0 == run }
        workDone += work[run]
        return true
    }

    /// A worker is gone; it takes no more runs until it opens again.
    ///
    /// - Returns: the runs that are given up, as they were lost too often.
    public mutating func lose(worker: Int) -> [Int] {
        places[worker] = nil
        var givenUp: [Int] = []
        for run in (underWay.removeValue(forKey: worker) ?? []).sorted() where isOpen[run] {
            losses[run, default: 0] += 1
            if losses[run, default: 0] >= Self.mostLosses {
                isOpen[run] = false
                givenUp.append(run)
            } else {
                waiting.append(run)
            }
        }
        sortWaiting()
        return givenUp
    }

    /// How long the rest takes at the speed so far; nil before a run is done.
    public func secondsLeft(now: ContinuousClock.Instant = .now) -> Double? {
        guard workDone > 0 else { return nil }
        let left = work.indices.reduce(0) { isOpen[$1] ? $0 + work[$1] : $0 }
        // What is under way is on average half done.
        let begun = underWay.values.joined().reduce(0) { $0 + work[$1] } / 2
        return (now - started).seconds * (left - begun) / (workDone + begun)
    }

    private mutating func sortWaiting() { waiting.sort { [work] in (work[$0], $1) < (work[$1], $0) } }
}
