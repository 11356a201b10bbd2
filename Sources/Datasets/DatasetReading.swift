import Foundation

/// How the files of a data set are to be read, where they leave it open.
public struct DatasetReading: Sendable, Equatable, Codable {
    /// Which of several data sets in one folder: "letters" for emnist-letters-train-images-idx3-ubyte and its relatives.
    public var split: String?
    /// Whether rows and columns are exchanged; nil for what the name says: EMNIST's images lie on their side.
    public var isTransposed: Bool?
    /// The share of the images that is set apart to test on where there are no test images, above 0 and below 1.
    public var testShare: Double?

    public init(split: String? = nil, isTransposed: Bool? = nil, testShare: Double? = nil) {
        (self.split, self.isTransposed, self.testShare) = (split, isTransposed, testShare)
    }

    /// Whether names tell that images lie on their side.
    static func isTransposed(named names: [String]) -> Bool {
        names.contains { name in
            name.lowercased().ranges(of: "emnist").contains { range in
                let lowercase = name.lowercased()
                // Not FEMNIST, nor any other name that ends so.
                return range.lowerBound == lowercase.startIndex
                    || !lowercase[lowercase.index(before: range.lowerBound)].isLetter
            }
        }
    }
}

/// Told of the share that is read, 0…1, from time to time and from any thread.
public typealias ReadingProgress = @Sendable (Double) -> Void
