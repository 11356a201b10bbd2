/// One of some ranks that train a network together, each with a copy of it: the rows of a batch that it takes to the loss
/// and back, and the parameters that it updates.
///
/// Every row and every parameter is computed by one rank, whole and in the same order as by a single one; what it came to
/// goes to the others as it is. So the weights are the same to the last bit for any number of ranks. Summing each rank's
/// gradient, as most programs do, would not only round differently for each number of ranks: it would move about twice
/// as many bytes, as gradients are as large as the weights and come before them, while rows are small.
public struct Share: Sendable, Equatable {
    /// 0..<count
    public let index: Int
    public let count: Int

    /// All of the work.
    public static let whole = Share(0, of: 1)

    public init(_ index: Int, of count: Int) {
        precondition(count >= 1 && (0..<count).contains(index), "A share is one of some.")
        (self.index, self.count) = (index, count)
    }

    /// Of 16 rows at a time, which convolutions take together.
    static let rowUnit = 16
    /// Of 14 inputs at a time, which the kernels take together.
    static let inputUnit = 14

    /// Cuts a range into a part for each rank, as equal as whole units allow; some are empty where there are too few.
    func parts(of range: Range<Int>, unit: Int) -> [Range<Int>] {
        let units = (range.count + unit - 1) / unit
        func bound(_ part: Int) -> Int { min(range.lowerBound + units * part / count * unit, range.upperBound) }
        return (0..<count).map { bound($0)..<bound($0 + 1) }
    }

    /// This rank's part.
    func own(of range: Range<Int>, unit: Int) -> Range<Int> { parts(of: range, unit: unit)[index] }

    /// Those of all ranks.
    var all: [Share] { (0..<count).map { Share($0, of: count) } }

    /// The rows of a batch that this rank takes to the loss and back.
    public func rows(of batchCount: Int) -> Range<Int> { own(of: 0..<batchCount, unit: Self.rowUnit) }
}

/// When what a rank has computed can go to the others, and what is updated with it.
enum Wave: CaseIterable {
    /// Once the rows are back from the loss.
    case losses
    /// Once stages have taken them back by themselves.
    case backward
}

/// Memory of which each rank has its own rows, and all need the others' before they update.
struct SharedRows {
    let base: UnsafeMutableRawPointer
    let bytesPerRow: Int
    /// Rows of the batch that make one here.
    var batchRows = 1

    init(_ memory: RowMemory, batchRows: Int = 1) {
        base = UnsafeMutableRawPointer(memory.base)
        bytesPerRow = memory.stride * 4
        self.batchRows = batchRows
    }

    /// A number for each row.
    init<Number>(_ numbers: UnsafeMutablePointer<Number>) {
        base = UnsafeMutableRawPointer(numbers)
        bytesPerRow = MemoryLayout<Number>.stride
    }

    /// - Parameter parts: the rows of the batch of each rank.
    func memory(_ parts: [Range<Int>]) -> SharedMemory {
        func bytes(_ row: Int) -> Int { (row + batchRows - 1) / batchRows * bytesPerRow }
        return SharedMemory(base: base, parts: parts.map { bytes($0.lowerBound)..<bytes($0.upperBound) })
    }
}

/// The parameters of a matrix that each rank updates, and whose values all need for the next step.
struct SharedParameters {
    /// Counted among those of the stage.
    var matrix: Int
    /// Of each rank, elements in the order in memory.
    let parts: [Range<Int>]

    func memory(_ elements: UnsafeMutablePointer<Float>) -> SharedMemory {
        SharedMemory(
            base: UnsafeMutableRawPointer(elements), parts: parts.map { $0.lowerBound * 4..<$0.upperBound * 4 })
    }
}

/// Memory that is whole on all ranks once each has given the others its part.
public struct SharedMemory {
    public let base: UnsafeMutableRawPointer
    /// Of each rank, in bytes, one after the other.
    public let parts: [Range<Int>]
}

/// How ranks give each other what they have computed. All begin the same exchanges in the same order. One that cannot be
/// ended, as a rank is gone, ends the process.
public protocol Exchange: AnyObject, Sendable {
    var share: Share { get }

    /// Begins to give the others this rank's parts, and to take theirs; until the end nobody touches the memory.
    func begin(_ memory: [SharedMemory])

    /// Lets what has begun go on, in no time.
    func progress()

    /// Waits for the end of the exchange that began first among those that have not ended.
    func finishFirst()
}
