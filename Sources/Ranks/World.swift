import CMPI
import Foundation

/// The processes that `mpirun` started together, each a rank from 0 on, and this one among them.
///
/// All calls come from the thread that joined. Where a rank is gone, the others wait or get an error; `mpirun` ends them.
public final class World {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// Started together with others, which cannot be talked to.
        case cannotJoin(reason: String)
        /// A call did not work; `code` is MPI's.
        case call(String, code: Int)
        /// What is to be sent in one message is more than a message takes.
        case tooLarge(bytes: Int)

        public var description: String {
            switch self {
            case .cannotJoin(let reason):
                "Started together with other processes (mpirun), but cannot talk to them: \(reason)."
            case .call(let name, let code): "Another rank cannot be reached: \(name) failed (error \(code) of MPI)."
            case .tooLarge(let bytes):
                "Ranks give each other at most \(Int32.max) bytes of a layer or a batch at a time, found \(bytes)."
            }
        }
    }

    /// What a message is about. A receiver asks for one of these.
    public struct Tag: Sendable, Equatable {
        let number: Int32

        /// - Parameter number: 0 to 32767, one for each sort of message.
        public init(_ number: Int16) {
            self.number = Int32(number)
        }
    }

    public let rank: Int
    public let size: Int

    /// Joins the processes that this one was started with.
    ///
    /// - Returns: nil where it was started by itself, or as the only one.
    /// - Throws: `Failure.cannotJoin` where it was not, but there is no way to talk to the others.
    public static func join(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Failure) -> World? {
        guard isStartedTogether(environment) else { return nil }
        if let problem = inkling_mpi_start() { throw .cannotJoin(reason: String(cString: problem)) }
        let world = World(rank: Int(inkling_mpi_rank()), size: Int(inkling_mpi_size()))
        // A launcher of another MPI starts processes of which each would think that it is alone.
        if let count = environment["OMPI_COMM_WORLD_SIZE"] ?? environment["PMI_SIZE"], let count = Int(count),
            count != world.size
        {
            throw .cannotJoin(reason: "\(count) were started, but Open MPI finds \(world.size)")
        }
        return world
    }

    /// Whether a launcher has started this process with others, by what those of Open MPI, of MPICH and its kin, and of
    /// Slurm with PMIx tell their processes.
    public static func isStartedTogether(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool {
        environment["OMPI_COMM_WORLD_SIZE"] != "1"
            && ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"].contains { environment[$0] != nil }
    }

    private init(rank: Int, size: Int) {
        (self.rank, self.size) = (rank, size)
    }

    /// Leaves, once all others do.
    public func leave() throws(Failure) {
        try check(inkling_mpi_finish(), "MPI_Finalize")
    }

    // MARK: - Messages

    public func send(_ bytes: [UInt8], to rank: Int, _ tag: Tag) throws(Failure) {
        try check(inkling_mpi_send(bytes, bytes.count, Int32(rank), tag.number), "MPI_Send")
    }

    /// A message that has come, from whomever, and who sent it; nil if there is none yet.
    public func receiveIfAny(_ tag: Tag, from rank: Int? = nil) throws(Failure) -> (bytes: [UInt8], source: Int)? {
        var (hasCome, source, count): (Int32, Int32, Int) = (0, 0, 0)
        try check(inkling_mpi_peek(rank.map { Int32($0) } ?? -1, tag.number, &hasCome, &source, &count), "MPI_Iprobe")
        guard hasCome != 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        try check(inkling_mpi_receive(&bytes, count, source, tag.number), "MPI_Recv")
        return (bytes, Int(source))
    }

    // MARK: - All together

    /// Gives everybody what `root` has; the others' bytes do not matter.
    public func broadcast(_ bytes: [UInt8], from root: Int = 0) throws(Failure) -> [UInt8] {
        var count = Int64(bytes.count)
        try check(inkling_mpi_broadcast(&count, MemoryLayout<Int64>.size, Int32(root)), "MPI_Bcast")
        var bytes = rank == root ? bytes : [UInt8](repeating: 0, count: Int(count))
        let code = bytes.withUnsafeMutableBytes { bytes in
            // In pieces, as a message takes no more than 2 GiB.
            stride(from: 0, to: bytes.count, by: 1 << 30).lazy.map { start in
                inkling_mpi_broadcast(
                    bytes.baseAddress.map { $0 + start }, min(1 << 30, bytes.count - start), Int32(root))
            }.first { $0 != 0 }
        }
        try check(code ?? 0, "MPI_Bcast")
        return bytes
    }

    /// What each rank has, in the order of the ranks.
    public func allGather(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        var own = Int64(bytes.count)
        let width = MemoryLayout<Int64>.size
        let lengths = try withUnsafeBytes(of: &own) { Array($0) }.spread(
            over: self, counts: Array(repeating: width, count: size))
        let counts = lengths.map { part in part.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) } }
        return try bytes.spread(over: self, counts: counts)
    }

    /// Gives everybody each rank's part of some memory. In this rank's memory its own part is right, and all are then.
    ///
    /// - Parameter parts: of the memory, in bytes, one for each rank; at most 2 GiB in all.
    public func allGather(in memory: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) throws(Failure) {
        let exchange = try beginAllGather(in: memory, parts: parts)
        try exchange.wait()
    }

    /// The same in the background: `Exchange.wait` ends it, and until then nobody touches the memory.
    public func beginAllGather(
        in memory: UnsafeMutableRawBufferPointer, parts: [Range<Int>]
    ) throws(Failure) -> Exchange {
        precondition(parts.count == size, "Each rank has a part.")
        return try Exchange(memory, parts)
    }

    /// Something that is being sent and received while the program does something else.
    public final class Exchange {
        private var request: UnsafeMutableRawPointer?
        /// MPI reads them until the end.
        private let counts, offsets: UnsafeMutablePointer<Int32>

        fileprivate init(_ memory: UnsafeMutableRawBufferPointer, _ parts: [Range<Int>]) throws(Failure) {
            guard Int32(exactly: memory.count) != nil else { throw .tooLarge(bytes: memory.count) }
            counts = .allocate(capacity: parts.count)
            offsets = .allocate(capacity: parts.count)
            for (index, part) in parts.enumerated() {
                counts[index] = Int32(part.count)
                offsets[index] = Int32(part.lowerBound)
            }
            try check(
                inkling_mpi_begin_all_gather(memory.baseAddress, counts, offsets, &request), "MPI_Iallgatherv")
        }

        deinit {
            counts.deallocate()
            offsets.deallocate()
        }

        /// Whether it is over; where the library makes no progress by itself, this does.
        public func isDone() throws(Failure) -> Bool {
            var isDone: Int32 = 0
            try check(inkling_mpi_test(&request, &isDone), "MPI_Test")
            return isDone != 0
        }

        public func wait() throws(Failure) {
            try check(inkling_mpi_wait(&request), "MPI_Wait")
        }
    }
}

extension [UInt8] {
    /// These and the other ranks' bytes, of which there are `counts`.
    fileprivate func spread(over world: World, counts: [Int]) throws(World.Failure) -> [[UInt8]] {
        let ends = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        let parts = counts.indices.map { ends[$0]..<ends[$0 + 1] }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: ends[counts.count], alignment: 8)
        defer { memory.deallocate() }
        memory[parts[world.rank]].copyBytes(from: self)
        try world.allGather(in: memory, parts: parts)
        return parts.map { [UInt8](memory[$0]) }
    }
}

private func check(_ code: Int32, _ name: String) throws(World.Failure) {
    guard code == 0 else { throw .call(name, code: Int(code)) }
}
