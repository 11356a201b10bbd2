import ArgumentParser
import CTerminalGuard
import Datasets
import Foundation
import Ranks
import Training

/// Trainings over the ranks that `mpirun` started: the first leads, the others follow.
enum TrainingRanks {
    /// Does on rank 0, or where there are no others, what a command does.
    ///
    /// - Parameter body: gets the ranks that train along; nil for none.
    static func run(_ options: TrainingOptions, _ start: StartingPoint, _ body: (RankLeader?) throws -> Void) throws {
        guard World.isStartedTogether() else { return try body(nil) }
        let thread = RankThread()
        guard let world = try thread.run({ try StartedRanks.join() }) else { return try body(nil) }
        let threads = options.configuration.threads
        let card = RankCard(
            options: {
                if let set = options.toySet {
                    throw ValidationError(
                        "--dataset \(set.rawValue): expected images where several ranks train (mpirun), found points of "
                            + "the plane.")
                }
                return CommandLine.arguments.dropFirst().joined(separator: " ")
            }, data: { data(options, start) })
        guard try thread.run({ try card.agrees(in: world) }) else {
            try thread.run { try world.leave() }
            throw ExitCode.failure
        }
        guard world.rank == 0 else {
            // Rank 0 gets the signals, too, and ends all.
            let interruption = Interruption()
            defer { withExtendedLifetime(interruption) {} }
            return try thread.run {
                var follower = RankFollower(world, threads: threads, onLoss: end)
                try follower.follow()
            }
        }
        let leader = RankLeader(world, on: thread, threads: threads, onLoss: end)
        defer { leader.leave() }
        try body(leader)
    }

    /// What tells the files that a training begins with from others; empty where they are not there, as rank 0 sends what
    /// it has read.
    private static func data(_ options: TrainingOptions, _ start: StartingPoint) -> String {
        var parts = [start.resume, start.model].compactMap { $0.flatMap { try? Fingerprint.file($0) } }
        if start.resume == nil, let data = try? options.locateDataset().fingerprint() { parts.append(data) }
        return parts.joined(separator: ", ")
    }

    /// Ends the process where a rank is gone; `mpirun` then ends the others.
    @Sendable private static func end(_ reason: String) -> Never {
        inkling_guard_give_back()
        complain("\(reason) The training ends; from its last checkpoint, if it wrote any, --resume goes on.")
        _exit(EXIT_FAILURE)
    }

    /// A line for each rank: what it did, and how long it waited.
    static func lines(_ reports: [RankReport]) -> [String] {
        reports.enumerated().map { rank, report in
            let share = report.atWork * 100
            return String(
                format: "rank %d (%@): %d images, %.0f%% at work, %.0f%% waiting for other ranks, %.1f MB sent", rank,
                report.host, report.images, share, 100 - share, Double(report.bytes) / 1e6)
        }
    }
}
