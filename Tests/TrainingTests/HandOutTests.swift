import Testing

@testable import Training

@Suite struct HandOutTests {
    @Test func longRunsComeFirst() {
        var handOut = HandOut(work: [1, 5, 3, 5], done: [])
        handOut.open(worker: 0, places: 4)
        let order = (0..<4).compactMap { _ in handOut.next()?.run }
        #expect(order == [1, 3, 2, 0] && handOut.next() == nil && handOut.runsUnderWay == 4)
    }

    @Test func whatIsDoneIsNotDoneAgain() {
        var handOut = HandOut(work: [1, 1, 1], done: [0, 2])
        handOut.open(worker: 0, places: 2)
        #expect(handOut.next()?.run == 1 && handOut.next() == nil && !handOut.isFinished)
        #expect(handOut.finish(1, worker: 0) && handOut.isFinished)
        #expect(HandOut(work: [1], done: [0]).isFinished)
    }

    /// Two workers, one ten times as fast: it gets ten times as many, and both end at about the same time.
    @Test func fastWorkersGetMore() {
        var handOut = HandOut(work: Array(repeating: 1, count: 110), done: [])
        handOut.open(worker: 0, places: 1)
        handOut.open(worker: 1, places: 1)
        let pace = [10, 1]
        var (underWay, count, time): ([Int: (run: Int, end: Int)], [Int], Int) = ([:], [0, 0], 0)
        while !handOut.isFinished {
            while let (run, worker) = handOut.next() { underWay[worker] = (run, time + pace[worker]) }
            time += 1
            for (worker, task) in underWay where task.end == time {
                let isFirst = handOut.finish(task.run, worker: worker)
                #expect(isFirst)
                underWay[worker] = nil
                count[worker] += 1
            }
        }
        #expect(count == [10, 100] && time == 100)
    }

    @Test func runsOfALostWorkerAreDoneByOthers() {
        var handOut = HandOut(work: [1, 1, 1], done: [])
        handOut.open(worker: 1, places: 2)
        let first = (0..<2).compactMap { _ in handOut.next()?.run }
        #expect(first == [0, 1] && handOut.lose(worker: 1).isEmpty && handOut.next() == nil)
        handOut.open(worker: 2, places: 3)
        #expect((0..<3).compactMap { _ in handOut.next().map { [$0.run, $0.worker] } } == [[0, 2], [1, 2], [2, 2]])
        // The one that was thought lost is done after all: it counts once.
        #expect(handOut.finish(0, worker: 1) && !handOut.finish(0, worker: 2))
    }

    @Test func aRunThatTakesItsWorkerDownIsGivenUp() {
        var handOut = HandOut(work: [1], done: [])
        for loss in 1...HandOut.mostLosses {
            handOut.open(worker: 0, places: 1)
            #expect(handOut.next()?.run == 0)
            #expect(handOut.lose(worker: 0) == (loss == HandOut.mostLosses ? [0] : []))
        }
        #expect(handOut.isFinished)
    }

    @Test func timeLeftGoesByWorkAndNotByRuns() throws {
        let start = ContinuousClock.now
        var handOut = HandOut(work: [6, 2, 2], done: [], now: start)
        handOut.open(worker: 0, places: 1)
        #expect(handOut.secondsLeft(now: start + .seconds(1)) == nil)
        let next = handOut.next()
        let isFirst = handOut.finish(0, worker: 0)
        #expect(next?.run == 0 && isFirst)
        let left = try #require(handOut.secondsLeft(now: start + .seconds(6)))
        #expect(abs(left - 4) < 1e-9)
    }

    /// Whoever has the most free places is next, of equal ones the first.
    @Test func freeWorkersComeFirst() {
        var handOut = HandOut(work: Array(repeating: 1, count: 9), done: [])
        #expect(handOut.next() == nil, "nobody is there")
        for (worker, places) in [(5, 1), (2, 1), (3, 3), (4, 0)] { handOut.open(worker: worker, places: places) }
        #expect((0..<6).map { _ in handOut.next()?.worker } == [3, 3, 2, 3, 5, nil])
        #expect(handOut.runsUnderWay == 5)
        #expect(handOut.finish(0, worker: 3) && handOut.runsUnderWay == 4)
        #expect(handOut.next()?.worker == 3 && handOut.next() == nil)
    }

    @Test func thereIsNoSuchRun() {
        var handOut = HandOut(work: [1, 1], done: [])
        #expect(!handOut.finish(-1, worker: 0) && !handOut.finish(2, worker: 0) && !handOut.isFinished)
        let isFirst = handOut.finish(0, worker: 9)
        #expect(isFirst, "done by somebody")
        handOut.open(worker: 0, places: 2)
        #expect(handOut.next()?.run == 1 && handOut.next() == nil, "it is not handed out any more")
        #expect(handOut.lose(worker: 7).isEmpty)
    }

    /// The second time a run is lost, it is handed out again; the third time it is not.
    @Test func aRunIsLostThreeTimesAtMost() {
        var handOut = HandOut(work: [1, 2], done: [])
        for loss in 1...3 {
            handOut.open(worker: loss, places: 1)
            #expect(handOut.next()?.run == 1)
            #expect(handOut.lose(worker: loss) == (loss == 3 ? [1] : []))
        }
        handOut.open(worker: 0, places: 2)
        #expect(handOut.next()?.run == 0 && handOut.next() == nil)
    }

    /// Of what is under way, half counts as done.
    @Test func whatIsUnderWayIsHalfDone() throws {
        let start = ContinuousClock.now
        var handOut = HandOut(work: [6, 2, 2], done: [], now: start)
        handOut.open(worker: 0, places: 2)
        #expect((0..<2).map { _ in handOut.next()?.run } == [0, 1])
        let isFirst = handOut.finish(0, worker: 0)
        #expect(isFirst)
        // 4 - 1 are left after 6 + 1 in six seconds.
        #expect(abs(try #require(handOut.secondsLeft(now: start + .seconds(6))) - 18.0 / 7) < 1e-9)
        let known = HandOut(work: [6, 2], done: [0], now: start)
        #expect(known.secondsLeft(now: start + .seconds(1)) == nil, "what was done before tells nothing of the speed")
    }
}
