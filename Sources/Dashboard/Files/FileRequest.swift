import Datasets
import Foundation
import ModelFiles
import Training

/// What is asked of files. Each but those that come to nothing has a reply.
public enum FileRequest: Sendable, Equatable {
    /// What there is whose path begins so.
    case complete(String)
    /// - Parameter overwrites: whether a file that is there may go.
    case save(Model, to: String, overwrites: Bool)
    /// The run that trains, as it is when it comes to it.
    case saveCheckpoint(run: Int, to: String, overwrites: Bool)
    /// A model, which becomes a run of this number; a checkpoint; or, for the canvas, a picture.
    case open(String, run: Int, onCanvas: Bool)
}

/// What became of a request.
public enum FileReply: Sendable, Equatable {
    case completed(PathCompletion)
    /// There is a file already where one was to be written.
    case exists(String)
    /// - Parameter run: whose checkpoint it is; nil for a model.
    case saved(String, run: Int?, words: String)
    case opened(String, OpenedFile)
    /// The problem in a line.
    case failed(String, problem: String)
}

/// What was in a file.
public indirect enum OpenedFile: Sendable, Equatable {
    /// Of 28 × 28 pixels, 0…255, as the network takes it.
    case picture([UInt8])
    /// A model as a run; what is to be said of it.
    case model(TrainingSnapshot, words: String)
    /// A checkpoint, which begins a run when it is sent.
    case checkpoint(Resumption, on: Dataset)
}

/// How a path goes on that was begun.
public struct PathCompletion: Sendable, Equatable {
    /// What was begun.
    let head: String
    /// The names in its folder that go on from its last part, those of folders with a "/" at the end.
    public let names: [String]

    public init(_ head: String, names: some Sequence<String>) {
        self.head = head
        let part = Self.lastPart(of: head)
        self.names = names.filter { name in
            // Those that hide do so until they are asked for; those that cannot be typed do always.
            name.hasPrefix(part) && (!part.isEmpty || !name.hasPrefix("."))
                && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }.sorted()
    }

    /// The folder of a path that was begun, up to its last "/"; empty for the one at hand.
    public static func folder(of head: String) -> String { String(head.dropLast(lastPart(of: head).count)) }

    static func lastPart(of path: String) -> Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }

    /// As far as all names are the same.
    var common: String {
        names.dropFirst().reduce(names.first ?? "") { common, name in
            String(zip(common, name).prefix { $0 == $1 }.map(\.0))
        }
    }
}

/// A path as other programs put it on the clipboard: a line of its own, in quotes, with "\" before blanks, or as an
/// address of a file.
enum PastedPath {
    static func text(_ pasted: String) -> String {
        let text = pasted.trimmingCharacters(in: .whitespacesAndNewlines)
        for quote in ["'", "\""] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        if text.hasPrefix("file://") {
            let path = String(text.dropFirst(7))
            return path.removingPercentEncoding ?? path
        }
        return text.replacing("\\ ", with: " ")
    }
}
