import Foundation
import TestSupport

@testable import Datasets

/// MNIST as it comes with the program, but unpacked, as people have it who unpacked it themselves. Reading it packed takes
/// longer than an epoch of training, and the tests start hundreds of programs. Programs that are to read it as it comes
/// are given `asItComes`.
enum UnpackedAssets {
    /// For the environment of a program.
    static let asItComes: [String: String?] = ["INKLING_ASSETS": nil]

    /// Writes what may stand for `$INKLING_ASSETS`.
    static func write(to folder: TemporaryFolder) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Inkling.assets + "/mnist") {
            let file = try openByteSource("\(Inkling.assets)/mnist/\(name)")
            try folder.write(file.take(1 << 26), to: "mnist/" + name.replacing(/\.gz$/, with: ""))
        }
    }
}
