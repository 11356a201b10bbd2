import Engine
import Foundation
import Ranks

/// Exchanges over MPI. What lies in several places goes through memory of its own, in one message for each rank.
final class RankExchange: Exchange, @unchecked Sendable {
    /// How long a rank may leave the others waiting in the middle of a step before it counts as gone.
    static let patience = Duration.seconds(60)

    let share: Share
    /// Time in which this rank had nothing to do but to wait for others.
    private(set) var waited = Duration.zero
    /// That went to other ranks.
    private(set) var bytesSent = 0

    private let world: World
    private let onLoss: @Sendable (String) -> Never
    /// Those that have begun and not ended, the first first; nil where there was nothing to give.
    private var pending: [Pending?] = []
    /// Memory for the next ones.
    private var spare: [UnsafeMutableRawBufferPointer] = []

    private struct Pending {
        let exchange: World.Exchange
        /// Where the parts go at the end, and the memory that they come in; nil where they come in place.
        let packed: (memory: [SharedMemory], buffer: UnsafeMutableRawBufferPointer)?
    }

    /// - Parameter onLoss: ends the process where another rank is gone; it is told why.
    init(_ world: World, onLoss: @escaping @Sendable (String) -> Never) {
        self.world = world
        self.onLoss = onLoss
        share = Share(world.rank, of: world.size)
    }

    deinit {
        for buffer in spare { buffer.deallocate() }
    }

    func begin(_ memory: [SharedMemory]) {
        guard let first = memory.first else { return pending.append(nil) }
        bytesSent += memory.reduce(0) { $0 + $1.parts[share.index].count } * (share.count - 1)
        do {
            if memory.count == 1, let end = first.parts.map(\.upperBound).max() {
                let whole = UnsafeMutableRawBufferPointer(start: first.base, count: end)
                pending.append(
                    Pending(exchange: try world.beginAllGather(in: whole, parts: first.parts), packed: nil))
            } else {
                let parts = Self.packedParts(memory, ranks: share.count)
                let buffer = takeBuffer(parts[share.count - 1].upperBound)
                Self.copy(memory, rank: share.index, parts[share.index], buffer, packing: true)
                pending.append(
                    Pending(
                        exchange: try world.beginAllGather(in: buffer, parts: parts), packed: (memory, buffer)))
            }
        } catch { onLoss("\(error)") }
    }

    func progress() {
        guard let first = pending.first(where: { $0 != nil }), let first else { return }
        do { _ = try first.exchange.isDone() } catch { onLoss("\(error)") }
    }

    func finishFirst() {
        guard !pending.isEmpty, let first = pending.removeFirst() else { return }
        let start = ContinuousClock.now
        do {
            var tries = 0
            while try !first.exchange.isDone() {
                tries += 1
                // Other ranks may need the very core that this one waits on.
                if tries > 64 { sched_yield() }
                if tries.isMultiple(of: 4096), ContinuousClock.now - start > Self.patience {
                    onLoss("Another rank has not answered for \(Self.patience).")
                }
            }
        } catch { onLoss("\(error)") }
        waited += ContinuousClock.now - start
        guard let (memory, buffer) = first.packed else { return }
        let parts = Self.packedParts(memory, ranks: share.count)
        for rank in 0..<share.count where rank != share.index {
            Self.copy(memory, rank: rank, parts[rank], buffer, packing: false)
        }
        spare.append(buffer)
    }

    /// Each rank's parts of all the memory, one after the other.
    private static func packedParts(_ memory: [SharedMemory], ranks: Int) -> [Range<Int>] {
        var end = 0
        return (0..<ranks).map { rank in
            let start = end
            end += memory.reduce(0) { $0 + $1.parts[rank].count }
            return start..<end
        }
    }

    private static func copy(
        _ memory: [SharedMemory], rank: Int, _ place: Range<Int>, _ buffer: UnsafeMutableRawBufferPointer, packing: Bool
    ) {
        guard let base = buffer.baseAddress else { return }
        var offset = place.lowerBound
        for shared in memory {
            let part = shared.parts[rank]
            let (own, packed) = (shared.base + part.lowerBound, base + offset)
            if packing {
                packed.copyMemory(from: own, byteCount: part.count)
            } else {
                own.copyMemory(from: packed, byteCount: part.count)
            }
            offset += part.count
        }
    }

    private func takeBuffer(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if let index = spare.firstIndex(where: { $0.count >= count }) { return spare.remove(at: index) }
        if let small = spare.popLast() { small.deallocate() }
        return .allocate(byteCount: max(count, 1), alignment: 64)
    }
}
