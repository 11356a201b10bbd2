import CKernels
import Datasets
import Files
import Foundation

/// Judges that were trained before, so that no program trains one again: of MNIST's images that takes two seconds, ten
/// times as long as to calibrate a network with it.
///
/// A file for each data set, found by all that a judge follows from: the images to learn from, the version of the
/// training, and the kernels, whose sums differ in the last bits. So what is found is to the last bit what would be
/// trained. A file that is damaged counts for nothing and is written anew. Nothing that goes wrong with a cache is worth
/// a word: without it, all takes as long as before.
public struct JudgeCache: Sendable {
    let folder: String
    /// What takes less time to train is not kept, in seconds.
    let shortest: Double

    init(folder: String, shortest: Double = 0.25) { (self.folder, self.shortest) = (folder, shortest) }

    /// Beside the data sets that are kept.
    public static var usual: JudgeCache {
        JudgeCache(folder: CacheFolder.path(in: ProcessInfo.processInfo.environment))
    }

    /// The one that is kept, else the one that `train` gives, which is kept where that took long.
    func judge(of dataset: Dataset, train: () -> Judge) -> Judge {
        let path = path(of: dataset)
        if let kept = Self.judge(inFile: path), kept.suits(dataset) {
            CacheFolder.touch(path)
            return kept
        }
        let start = ContinuousClock.now
        let judge = train()
        guard ContinuousClock.now - start >= .seconds(shortest) else { return judge }
        CacheFolder.keep(Self.bytes(judge), as: path)
        return judge
    }

    func path(of dataset: Dataset) -> String {
        let train = dataset.train
        var hash = FNV()
        hash.add(
            """
            \(Judge.version) \(String(cString: inkling_kernels_name())) \(dataset.name) \(dataset.classNames.count) \
            \(train.height) \(train.width) \(train.count)

            """.utf8)
        hash.add(train.labels)
        hash.add(quartersOf: train.pixels)
        return folder + "/" + hash.text + ".judge"
    }
}

// MARK: - The file

extension JudgeCache {
    /// A line with the checksum of what follows, then JSON; the same for the same judge.
    static func bytes(_ judge: Judge) -> [UInt8] {
        guard let json = try? JSONLine(JudgeText(judge)).text else { return [] }
        return Array("\(FNV(json.utf8).text)\n\(json)".utf8)
    }

    /// nil where there is none, or none that is whole.
    static func judge(inFile path: String) -> Judge? {
        guard let file = try? RandomAccessFile(path), file.size <= 1 << 20,
            let bytes = try? file.read(file.size, at: 0, for: "a judge"),
            let end = bytes.prefix(17).firstIndex(of: UInt8(ascii: "\n")),
            String(decoding: bytes[..<end], as: UTF8.self) == FNV(bytes[(end + 1)...]).text
        else { return nil }
        return (try? JSONDecoder().decode(JudgeText.self, from: Data(bytes[(end + 1)...])))?.judge
    }
}
