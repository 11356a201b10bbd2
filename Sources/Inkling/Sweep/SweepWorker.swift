import ArgumentParser
import Datasets
import Dispatch
import Foundation
import Synchronization
import Training

/// The process that trains: it reads the data once, then trains the runs that it is told on standard input, each on a
/// thread, and tells on standard output what they came to. It ends with its input, at whatever it is.
struct SweepWorker {
    private let command: SweepCommand
    private let plan: SweepPlan
    private let datasets: [String: (dataset: Dataset, images: TrainingImages)]
    private let desk = Desk()

    init(_ command: SweepCommand) throws {
        // What ends the sweep reaches this process, too, by the end of its input.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        self.command = command
        plan = try command.options.plan()
        var datasets: [String: (Dataset, TrainingImages)] = [:]
        for setting in plan.settings.indices {
            let options = try command.options.trainingOptions(plan.arguments(setting: setting))
            guard datasets[options.datasetName] == nil else { continue }
            let dataset = try options.locateDataset().load()
            datasets[options.datasetName] = (dataset, TrainingImages(of: dataset))
            if dataset.isTestedOnTraining {
                warn("\(dataset.title) has no test images; the training images stand in for them.")
            }
        }
        self.datasets = datasets
    }

    func run() throws {
        let places = command.threads ?? 1
        for _ in 0..<places {
            let thread = Thread { work() }
            thread.stackSize = 4 << 20
            thread.start()
        }
        try tell(.ready(places: places))
        while let line = readLine() {
            guard let order = try? JSONDecoder().decode(SweepOrder.self, from: Data(line.utf8)) else { continue }
            desk.add(order)
        }
        // The threads are in the middle of runs that nobody waits for any more.
        _exit(EXIT_SUCCESS)
    }

    private func work() {
        while true {
            let order = desk.next()
            do { try tell(done(order)) } catch {
                // Nobody hears it where standard output is gone, and then the input ends, too.
                try? tell(.failed(run: order.run, reason: String(describing: error)))
            }
        }
    }

    /// As `train` does it, to the same bits.
    private func done(_ order: SweepOrder) throws -> SweepNews {
        let start = ContinuousClock.now
        let options = try command.options.trainingOptions(plan.arguments(order.run))
        guard let (dataset, images) = datasets[options.datasetName] else {
            throw ValidationError("--dataset: expected one that was read, found \(options.datasetName).")
        }
        let trainer = try options.configuration.makeTrainer(for: dataset, images: images)
        func path(_ folder: String, _ ending: String) -> String {
            (folder as NSString).appendingPathComponent(plan.fileName(order.run) + ending)
        }
        let log = order.isBest ? nil : try command.logs.map { try JSONLog(path: path($0, ".jsonl")) }
        while !trainer.isFinished {
            let epoch = trainer.trainBatch()
            try log?.record(trainer, epoch: epoch)
        }
        if order.isBest {
            if let file = command.saveBest { try SavedModel.write(trainer, to: file) }
            return .savedBest
        }
        // What diverged to no numbers is no network to keep.
        if let folder = command.saveModels, trainer.network.isFinite {
            try SavedModel.write(trainer, to: path(folder, ".safetensors"))
        }
        let seconds = Stopwatch.seconds(since: start)
        return .result(
            SweepResult(
                run: order.run, epochs: trainer.epochs, kept: trainer.record.keptEpoch, seconds: seconds))
    }

    private func tell(_ news: SweepNews) throws {
        let line = try JSONLine(news).text
        try desk.alone { try Output.line(line) }
    }
}

/// Where the threads get what is to be done, and take turns to write.
private final class Desk: Sendable {
    private let orders = Mutex<[SweepOrder]>([])
    private let waiting = DispatchSemaphore(value: 0)
    private let turn = Mutex(())

    func add(_ order: SweepOrder) {
        orders.withLock { $0.append(order) }
        waiting.signal()
    }

    /// Waits for one.
    func next() -> SweepOrder {
        while true {
            waiting.wait()
            if let order = orders.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return order }
        }
    }

    func alone(_ body: () throws -> Void) rethrows { try turn.withLock { _ in try body() } }
}
