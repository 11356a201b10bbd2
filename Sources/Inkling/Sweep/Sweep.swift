import ArgumentParser
import Foundation
import Training

/// A sweep as the process sees it that leads it: hands out the runs, keeps the journal, reports.
final class Sweep {
    private let task: SweepTask
    private let command: SweepCommand
    private let ranks: SweepRanks?
    private let journal: SweepJournal
    /// nil where there is nothing to do.
    private let worker: WorkerProcess?
    private let report: SweepReport
    private let progress = ProgressLine()
    private var handOut: HandOut
    private var results: [SweepResult]
    private var hasFailed = false
    /// The run to be trained once more for its network.
    private var bestRun: Int?
    private var isReady = false
    private let start = ContinuousClock.now
    /// Of the runs that were done now.
    private var secondsOfRuns = 0.0

    /// - Parameter ranks: nil for this process alone.
    init(_ task: SweepTask, _ command: SweepCommand, ranks: SweepRanks?) throws {
        (self.task, self.command, self.ranks) = (task, command, ranks)
        journal = try SweepJournal(
            path: command.journal ?? task.usualJournal, options: task.commandLine, data: task.data,
            runs: task.plan.runs.count, overwrites: command.overwrite)
        results = journal.results
        handOut = HandOut(work: task.work, done: Set(results.map(\.run)))
        report = SweepReport(task.plan, isJSON: command.json)
        worker = handOut.isFinished && command.saveBest == nil ? nil : try task.makeWorker()
    }

    func run() throws {
        let interruption = Interruption()
        try report.begin(journal: command.journal ?? task.usualJournal, done: results.count)
        for result in results { try report.add(result) }
        while !handOut.isFinished, !interruption.isRequested {
            try listen()
            while let (run, worker) = handOut.next() { try send(SweepOrder(run: run), to: worker) }
            progress.show {
                report.progress(results, underWay: handOut.runsUnderWay, secondsLeft: handOut.secondsLeft())
            }
        }
        let seconds = Stopwatch.seconds(since: start)
        progress.clear()
        let ranking = SweepSummary.ranking(task.plan, results)
        if command.saveBest != nil, handOut.isFinished, let best = ranking.first?.best {
            bestRun = best.run
            if isReady { try sendBest() }
            while bestRun != nil, !interruption.isRequested { try listen() }
        }
        worker?.stop()
        try report.end(ranking, isFinished: handOut.isFinished, seconds: seconds, secondsOfRuns: secondsOfRuns)
        try ranks?.finish()
        if hasFailed { throw ExitCode.failure }
    }

    private func send(_ order: SweepOrder, to rank: Int) throws {
        if rank == 0 { try worker?.send(order) } else { try ranks?.send(order, to: rank) }
    }

    private func sendBest() throws {
        if let bestRun { try send(SweepOrder(run: bestRun, isBest: true), to: 0) }
    }

    /// Takes what has come, and waits a moment for it.
    private func listen() throws {
        // Other ranks do not ring.
        for line in worker?.takeLines(waiting: ranks == nil ? 0.1 : 0.002) ?? [] {
            try take(SweepNews(line: line), from: 0)
        }
        for (rank, news) in try ranks?.takeNews() ?? [] { try take(news, from: rank) }
    }

    private func take(_ news: SweepNews, from rank: Int) throws {
        switch news {
        case .ready(let places):
            handOut.open(worker: rank, places: places)
            guard rank == 0 else { return }
            isReady = true
            try sendBest()
        case .result(let result):
            guard handOut.finish(result.run, worker: rank) else { return }
            try journal.append(result)
            results.append(result)
            secondsOfRuns += result.seconds
            progress.clear()
            try report.add(result)
        case .failed(let run, let reason):
            if handOut.finish(run, worker: rank) || run == bestRun { fail(run, reason) }
            bestRun = nil
        case .savedBest: bestRun = nil
        case .lost(wasReady: false):
            // It has said why, but not where.
            if rank > 0 { complain("rank \(rank): expected a process that trains, found that it ended at once") }
            throw ExitCode.failure
        case .lost:
            warn(
                (ranks == nil ? "The" : "Rank \(rank): the") + " process that trained is gone; its runs are done again."
            )
            lose(rank)
            guard rank == 0 else { return }
            isReady = false
            try worker?.start()
        case .silent:
            warn("Rank \(rank): nothing is heard of it any more; others do its runs again.")
            lose(rank)
        case .alive: break
        }
    }

    private func lose(_ rank: Int) {
        for run in handOut.lose(worker: rank) { fail(run, "the process was lost \(HandOut.mostLosses) times at it") }
    }

    private func fail(_ run: Int, _ reason: String) {
        hasFailed = true
        complain("run \(run), \(task.plan.arguments(run).joined(separator: " ")): \(reason)")
    }
}
