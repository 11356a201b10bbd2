import ArgumentParser
import Datasets

/// How a data set is found and read.
struct DatasetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Which of several data sets in one folder: letters for emnist-letters-train-images-idx3-ubyte and its "
                + "relatives.", valueName: "name"))
    var split: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Exchange rows and columns of the images. (default: for EMNIST, whose images lie on their side)")
    var transpose: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Set this share of the images apart to test on, where there are no test images.", valueName: "share"))
    var testShare: Double?

    func validate() throws {
        if let testShare, !(testShare > 0 && testShare < 1) {
            throw ValidationError("--test-share: expected a number above 0 and below 1, found \(testShare).")
        }
    }

    var reading: DatasetReading { DatasetReading(split: split, isTransposed: transpose, testShare: testShare) }

    /// Where the data set is; quick, and throws when there is none.
    func locate(_ name: String) throws(DatasetError) -> DatasetLocation {
        try DatasetLocation.find(name, dataDirectory: data, reading: reading)
    }
}

extension DatasetLocation {
    /// Reads it, with a line on standard error where that takes long.
    func loadShowingProgress() throws(DatasetError) -> Dataset {
        let progress = ProgressLine()
        defer { progress.clear() }
        return try load { progress.show(reading: name, share: $0) }
    }
}
