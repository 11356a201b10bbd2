import ArgumentParser
import Engine
import Foundation
import Ranks

/// The processes that `mpirun` started this one with.
enum StartedRanks {
    /// The world that this process was started in, if there is one. Where it cannot be joined, each of its processes
    /// fails, and the first says why.
    static func join() throws -> World? {
        // Asked before Open MPI changes them.
        let isFirst = isFirst
        do { return try World.join() } catch {
            guard isFirst else { throw ExitCode.failure }
            throw error
        }
    }

    /// Whether this is the process that speaks for all.
    static var isFirst: Bool { isFirst(ProcessInfo.processInfo.environment) }

    static func isFirst(_ variables: [String: String]) -> Bool {
        let rank = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].lazy.compactMap { variables[$0] }.first
        return rank ?? "0" == "0"
    }

    /// What this process may use: all cores, those that it was bound to, or its share where several ranks that are bound
    /// to none share a machine.
    static var coresOfThisRank: Int {
        let process = ProcessInfo.processInfo
        return share(
            of: AvailableCores.count, variables: process.environment,
            isBound: process.activeProcessorCount != process.processorCount)
    }

    /// - Parameters:
    ///   - cores: that this process can use.
    ///   - isBound: whether they are fewer than the machine has.
    static func share(of cores: Int, variables: [String: String], isBound: Bool) -> Int {
        guard let neighbours = variables["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap(Int.init), neighbours > 1, !isBound
        else { return cores }
        return max(cores / neighbours, 1)
    }
}
