import Datasets
import Foundation
import NeuralNetwork

/// The playground's training in the background.
public typealias PlaygroundSession = Session<PlaygroundJob>

/// The runs of the playground. The one in focus trains until it is paused, and the one that is looked at beside it
/// trains in turns with it, so that they come to the same step.
public struct PlaygroundJob: SessionJob {
    public enum Request: Sendable, Equatable {
        case run
        case pause
        /// Of each run in view.
        case trainBatch
        /// As many batches as a pass over the points has.
        case trainEpoch
        case configure(PlaygroundConfiguration)
        /// Another run, which is in focus then.
        case begin(Start)
        /// Brings a run into focus, and another one beside it; nil for none.
        case show(Int, beside: Int?)
        /// Takes a run away that is not in view.
        case drop(Int)
        case place(ToySet.Point)
        case removePlaced
        case pace(Pace)
        case slower
        case faster
    }

    public enum Start: Sendable, Equatable {
        /// The settings of the run in focus with a seed: the same one has the same weights at first, on the same points.
        case again(seed: UInt64)
        case fork(PlaygroundFork)
    }

    /// As smooth as a film.
    public let snapshotInterval = Duration.seconds(1) / 30
    /// Then the oldest goes that is not in view.
    public static let mostRuns = 8

    private var runs: [PlaygroundRun]
    /// By their ids.
    private var focus = 0
    private var beside: Int?
    private var lastID = 0
    private var isOn = false
    /// Batches to train besides.
    private var batches = 0
    private var pace = Pace.usualOfPlayground
    /// With the time that is waited, and without.
    private var throughput = Throughput(), machine = Throughput()
    /// When the last step began.
    private var lastStep: ContinuousClock.Instant?

    public init(_ configuration: PlaygroundConfiguration = PlaygroundConfiguration()) {
        runs = [PlaygroundRun(id: 0, number: 1, PlaygroundTrainer(configuration: configuration), runs: 1)]
    }

    /// The places of the runs in view, the one in focus first.
    private var inView: [Int] {
        [focus, beside].compactMap { id in runs.firstIndex { $0.id == id } }
    }

    /// The place of the run whose turn it is: of those in view, the one that has the fewest steps behind it.
    private var next: Int? {
        inView.filter { runs[$0].canTrain }.min { runs[$0].trainer.step < runs[$1].trainer.step }
    }

    public var isRunning: Bool { (isOn || batches > 0) && next != nil }

    public mutating func handle(_ request: Request) {
        switch request {
        case .run: isOn = true
        case .pause: (isOn, batches) = (false, 0)
        case .trainBatch: (isOn, batches) = (false, batches + inView.count)
        case .trainEpoch:
            (isOn, batches) = (false, inView.reduce(batches) { $0 + runs[$1].trainer.batchesPerEpoch })
        case .configure(let configuration): change(inView.prefix(1)) { $0.configure(configuration) }
        case .begin(let start): begin(start)
        case .show(let id, let other): show(id, beside: other)
        case .drop(let id): runs.removeAll { $0.id == id && id != focus && id != beside }
        case .place(let point): change(inView[...]) { $0.place(point) }
        case .removePlaced: change(inView[...]) { $0.removePlaced() }
        case .pace(let pace): self.pace = pace
        case .slower: pace = pace.slower(than: secondsOfRun)
        case .faster: pace = pace.faster(than: secondsOfRun)
        }
    }

    private mutating func change(_ places: ArraySlice<Int>, _ change: (inout PlaygroundTrainer) -> Void) {
        for place in places { runs[place].change(runs: runs.count, change) }
    }

    private mutating func show(_ id: Int, beside other: Int?) {
        guard runs.contains(where: { $0.id == id }) else { return }
        let before = inView
        focus = id
        beside = other.flatMap { other in other != id && runs.contains { $0.id == other } ? other : nil }
        for place in before where !inView.contains(place) { runs[place].rest() }
    }

    /// The run before stays, unless it never trained; where two are in view, it is the one beside.
    private mutating func begin(_ start: Start) {
        guard let former = inView.first.map({ runs[$0] }) else { return }
        var (trainer, origin): (PlaygroundTrainer, PlaygroundFork.Origin?) = (former.trainer, nil)
        switch start {
        case .again(let seed): trainer.startAgain(seed: seed)
        case .fork(let fork): (trainer, origin) = (PlaygroundTrainer(fork), fork.origin)
        }
        if former.isUntrained { runs.removeAll { $0.id == former.id } }
        while runs.count >= Self.mostRuns, let place = runs.indices.first(where: { !inView.contains($0) }) {
            runs.remove(at: place)
        }
        let number = (1...Self.mostRuns).first { number in !runs.contains { $0.number == number } }
        lastID += 1
        let run = PlaygroundRun(
            id: lastID, number: number ?? Self.mostRuns, origin: origin, trainer, runs: runs.count + 1)
        runs.append(run)
        for place in runs.indices { runs[place].thin(toShareOf: runs.count) }
        show(run.id, beside: beside == nil ? nil : former.isUntrained ? beside : former.id)
    }

    public mutating func step(now: ContinuousClock.Instant) -> Bool {
        guard let next else { return false }
        let begin = ContinuousClock.now
        runs[next].trainBatch()
        batches = max(batches - 1, 0)
        // From step to step, with the time that is waited; after a pause, of the step alone.
        let start = lastStep.map { now - $0 < .seconds(1) ? $0 : now } ?? now
        let (end, samples) = (ContinuousClock.now, runs[next].trainer.configuration.batchSize)
        throughput.add(samples: samples, seconds: ((start == now ? end : now) - start).seconds)
        machine.add(samples: samples, seconds: (end - begin).seconds)
        lastStep = now
        return false
    }

    public func delay(now: ContinuousClock.Instant) -> Duration? {
        guard isOn, let lastStep, let next, let seconds = secondsPerStep(of: runs[next]) else { return nil }
        let left = lastStep + .seconds(seconds / Double(max(inView.count, 1))) - now
        return left > .zero ? left : nil
    }

    private func secondsPerStep(of run: PlaygroundRun) -> Double? {
        pace.secondsPerStep(after: run.trainer.step, of: run.usualSteps)
    }

    /// How long the usual epochs take the machine; nil before it is known.
    private var secondsOfRun: Double? {
        guard machine.samplesPerSecond > 0, let run = inView.first.map({ runs[$0] }) else { return nil }
        return Double(run.usualSteps * run.trainer.configuration.batchSize) / machine.samplesPerSecond
    }

    private func isSlowed(_ run: PlaygroundRun) -> Bool {
        guard isOn, machine.samplesPerSecond > 0, let seconds = secondsPerStep(of: run) else { return false }
        return seconds > Double(run.trainer.configuration.batchSize) / machine.samplesPerSecond
    }

    public func snapshot(serial: Int) -> PlaygroundSnapshot {
        snapshot(serial: serial, samplesPerSecond: throughput.samplesPerSecond)
    }

    func snapshot(serial: Int, samplesPerSecond: Double) -> PlaygroundSnapshot {
        let all = runs.map { run in
            run.snapshot(
                serial: serial, isOn: isOn, samplesPerSecond: samplesPerSecond, pace: pace, isSlowed: isSlowed(run))
        }
        // The one in focus is always there.
        var snapshot = all.first { $0.run == focus } ?? all[0]
        snapshot.others = all.filter { $0.run != focus }
        snapshot.beside = beside
        return snapshot
    }
}

extension PlaygroundRun {
    /// Those of the epochs that a pace is told for.
    fileprivate var usualSteps: Int { PlaygroundConfiguration.usualEpochs * trainer.batchesPerEpoch }
}

extension Pace {
    /// Of the playground, whose runs have no end: how long their first `PlaygroundConfiguration.usualEpochs` take.
    public static let usualOfPlayground = Pace.seconds(6)

    /// The time until the step after some, where a pace is told for so many; nil where none is waited. Slow at first, as
    /// there is most to see: the steps in a second grow evenly with those behind.
    func secondsPerStep(after step: Int, of total: Int) -> Double? {
        guard case .seconds(let seconds) = self else { return nil }
        let (first, growth) = (40.0, 0.6)
        // What the first `total` steps take at 1 / (first + growth · step) each.
        let usual = log1p(growth * Double(total) / first) / growth
        return seconds / usual / (first + growth * Double(step))
    }
}
