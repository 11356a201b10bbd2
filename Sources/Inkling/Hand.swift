import ArgumentParser
import Dashboard
import Datasets

/// Where the user's drawings are kept.
enum HandPlace: Sendable, Equatable, ExpressibleByArgument {
    /// Where the data set's drawings usually are: see `DrawingArchive`.
    case usual
    case folder(String)
    /// Nowhere: what is drawn is forgotten at the end.
    case none

    init(argument: String) { self = argument == "none" ? .none : .folder(argument) }
}

/// The option of commands that open the dashboard.
struct HandOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the drawings are kept that you teach on Draw, or none. (default: ~/.local/share/inkling/drawings)",
            valueName: "folder"))
    var hand: HandPlace?
}

/// The user's drawings, as files.
struct Hand: Sendable {
    private let place: HandPlace
    private let owner: String?
    private let environment: [String: String]

    /// - Parameter owner: the data set that a folder of the user's own is for, by its name; drawings for other ones are
    ///   not kept then, as their labels mean something else.
    init(_ place: HandPlace, of owner: String?, environment: [String: String]) {
        (self.place, self.owner, self.environment) = (place, owner, environment)
    }

    /// nil where nothing is kept.
    private func archive(of dataset: Dataset) -> DrawingArchive? {
        switch place {
        case .usual: DrawingArchive(environment: environment, dataset: dataset)
        case .folder(let folder):
            dataset.name == owner
                ? DrawingArchive(folder: folder, size: dataset.train.shape, classNames: dataset.classNames) : nil
        case .none: nil
        }
    }

    private func none(_ dataset: Dataset) -> LabelledDrawings { .none(size: dataset.train.shape) }

    /// What is kept, or why it cannot be read.
    func event(reading dataset: Dataset) -> Event {
        guard let archive = archive(of: dataset) else { return .hand(none(dataset), folder: nil) }
        do {
            return .hand(try archive.read() ?? none(dataset), folder: archive.folder)
        } catch {
            return .notice("Your drawings cannot be read: \(error)")
        }
    }

    /// What is kept after a change, or why it is not.
    func event(applying edit: DrawingArchive.Edit, to drawings: LabelledDrawings?, of dataset: Dataset) -> Event {
        guard let archive = archive(of: dataset) else {
            var drawings = drawings ?? none(dataset)
            drawings.apply(edit)
            return .hand(drawings, folder: nil)
        }
        do {
            return .hand(try archive.apply(edit), folder: archive.folder)
        } catch {
            return .notice("Not saved: \(error)")
        }
    }
}
