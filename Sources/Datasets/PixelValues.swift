import Files

/// Numbers of any type on their way to pixels: whole ones of 0 to 255 or, in types that have fractions, also shares of 0
/// to 1.
struct PixelValues {
    /// 0…255, one for each number.
    private(set) var bytes: [UInt8] = []
    private let type: NumberType
    /// Whether no number above 1 was seen in a type of fractions: then all are shares.
    private var areShares: Bool

    /// A number that is no pixel, and its place.
    struct Misfit: Error {
        let number: Double
        let place: Int

        var words: String { PixelValues.words(number) }
    }

    /// "300", "0.5"
    static func words(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

    init(_ type: NumberType) {
        self.type = type
        areShares = type.kind == .float
    }

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// - Parameter chunk: whole numbers of the type, one after the other.
    mutating func append(_ chunk: ArraySlice<UInt8>) throws(Misfit) {
        if type == .bytes {
            bytes += chunk
            return
        }
        let misfit = chunk.withUnsafeBytes { chunk -> Misfit? in
            do throws(Misfit) {
                for place in stride(from: 0, to: chunk.count - type.size + 1, by: type.size) {
                    try append(type.number(chunk, at: place))
                }
                return nil
            } catch {
                return error
            }
        }
        if let misfit { throw misfit }
    }

    mutating func append(_ number: Double) throws(Misfit) {
        guard number >= 0, number <= 255 else { throw Misfit(number: number, place: bytes.count) }
        if areShares, number > 1 {
            areShares = false
            // What was taken for a share of 255 was a whole number, 0 or 1, or next to it.
            for place in bytes.indices { bytes[place] = bytes[place] < 128 ? 0 : 1 }
        }
        bytes.append(UInt8((areShares ? number * 255 : number).rounded()))
    }
}
