/// What a kernel writes, between elements that it must leave alone.
struct Guarded<Element: Equatable> {
    private static var margin: Int { 64 }

    private let canary: Element
    private let count: Int
    private var storage: [Element]

    /// Elements that are all `unwritten` so far.
    init(_ count: Int, unwritten: Element, canary: Element) {
        self.count = count
        self.canary = canary
        let guards = [Element](repeating: canary, count: Self.margin)
        storage = guards + [Element](repeating: unwritten, count: count) + guards
    }

    var values: ArraySlice<Element> { storage[Self.margin..<Self.margin + count] }

    var isIntact: Bool {
        let margins = storage.prefix(Self.margin) + storage.suffix(Self.margin)
        return margins.allSatisfy { $0 == canary }
    }

    mutating func write(_ kernel: (UnsafeMutablePointer<Element>) -> Void) {
        storage.withUnsafeMutableBufferPointer { storage in
            if let start = storage.baseAddress { kernel(start + Self.margin) }
        }
    }
}

extension Guarded<Float> {
    /// What is never written stays no number, which fails every comparison.
    init(_ count: Int) { self.init(count, unwritten: .nan, canary: 12345) }
}
