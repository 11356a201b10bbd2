/// Blocks of work for a `WorkerPool`, in the order in which its threads take them, and what each of them waits for.
public final class WorkPlan: @unchecked Sendable {
    /// What threads read: just addresses, as those that count references get in each other's way.
    struct Table {
        let blocks: Int
        /// Where a block's prerequisites begin, `[blocks + 1]`.
        fileprivate let starts: UnsafeMutablePointer<Int>
        /// Of one block after the other.
        fileprivate let all: UnsafeMutablePointer<Int>

        func prerequisites(of block: Int) -> UnsafeBufferPointer<Int> {
            UnsafeBufferPointer(start: all + starts[block], count: starts[block + 1] - starts[block])
        }
    }

    static let empty = WorkPlan(blocks: 0)

    let table: Table

    /// - Parameter prerequisites: of each block, the ones that have to be finished before it begins, which come before it.
    public init(_ prerequisites: [[Int]]) {
        precondition(
            prerequisites.enumerated().allSatisfy { block, earlier in earlier.allSatisfy { (0..<block).contains($0) } },
            "A block waits for blocks before it.")
        let blocks = prerequisites.count
        let ends = prerequisites.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        table = Table(
            blocks: blocks, starts: .allocate(capacity: ends.count), all: .allocate(capacity: ends[blocks]))
        _ = UnsafeMutableBufferPointer(start: table.starts, count: ends.count).initialize(from: ends)
        _ = UnsafeMutableBufferPointer(start: table.all, count: ends[blocks]).initialize(from: prerequisites.joined())
    }

    /// Blocks that wait for nothing.
    public convenience init(blocks: Int) {
        self.init(Array(repeating: [], count: blocks))
    }

    deinit {
        table.starts.deallocate()
        table.all.deallocate()
    }
}
