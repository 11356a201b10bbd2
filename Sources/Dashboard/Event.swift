import Datasets
import NeuralNetwork
import Training

/// All that can happen to the dashboard.
public enum Event: Sendable, Equatable {
    case key(Key)
    case mouse(Mouse)
    case resize(width: Int, height: Int)
    /// How far the reading of the data set is, 0…1.
    case reading(Double)
    case snapshot(TrainingSnapshot)
    case playground(PlaygroundSnapshot)
    /// It is time for the film's next picture.
    case frame
    /// The answer to `Action.test`.
    case tested(Evaluation, run: Int)
    /// The answer to `Action.readReference`; nil where there is no such network.
    case reference(Evaluation?)
    /// How far the comparison is that `Action.compare` asked for.
    case comparison(Comparison)
    /// The answer to `Action.map`.
    case map(ImageMap, of: MapRequest)
    /// What the terminal says of its background.
    case background(Appearance.Background)
    /// The answers to `Action.read`: the data set, or why it cannot be read.
    indirect case read(Dataset, for: RunPlan)
    case notRead(String, for: RunPlan)
    /// The drawings that are kept, read or changed, and in which folder; nil where they are not kept.
    case hand(LabelledDrawings, folder: String?)
    /// How much of a teaching is done, 0…1, and the network meanwhile.
    indirect case teaching(TeachingTask, share: Double, network: Network)
    indirect case taught(TeachingTask, TeachingOutcome)
    /// The answer to `Action.file`.
    case file(FileReply)
    /// Text that was pasted, as it is.
    case paste(String)
    /// The answer to `Action.calibrate`.
    case calibrated(Network, Calibration)
    /// Something for the user to read: the result of a request.
    case notice(String)
}

public enum Key: Sendable, Hashable {
    case character(Unicode.Scalar)
    case up, down, left, right
    /// With Shift held, where the terminal tells.
    case shiftUp, shiftDown, shiftLeft, shiftRight
    case enter, escape, tab, backTab, backspace, delete
    case home, end, pageUp, pageDown
    /// A letter, in lower case, with Ctrl held.
    case control(Unicode.Scalar)
    /// Ctrl-Z, which the event loop handles itself.
    case stop
}

extension Key: ExpressibleByUnicodeScalarLiteral {
    public init(unicodeScalarLiteral character: Unicode.Scalar) { self = .character(character) }
}

/// What the mouse did in a cell, counted from the upper left corner of the window.
public struct Mouse: Sendable, Equatable {
    public enum Kind: Sendable { case press, drag, release, wheelUp, wheelDown }

    public let kind: Kind
    public let x: Int
    public let y: Int

    public init(_ kind: Kind, x: Int, y: Int) {
        self.kind = kind
        self.x = x
        self.y = y
    }
}

/// What the dashboard wants done outside of it.
public enum Action: Sendable, Equatable {
    case request(TrainingSession.Request)
    case playground(PlaygroundSession.Request)
    /// Read or write a file; `Event.file` says what came of it.
    case file(FileRequest)
    /// Read a data set for a run that is to begin.
    indirect case read(RunPlan, DatasetLocation)
    /// Read the drawings that are kept for the data set in view; `Event.hand` says what they are.
    case readHand
    /// Change the drawings that are kept; `Event.hand` says what they are then.
    case edit(DrawingArchive.Edit)
    /// Teach a network; `Event.teaching` and `Event.taught` say how it goes.
    indirect case teach(TeachingTask)
    /// Make the probabilities of a network honest.
    case calibrate(Network)
    /// Test a moment of a run's past.
    case test(Moment, run: Int)
    /// Read the network that another program trained on the data set, and test it.
    case readReference
    /// Train with and without distortions; asking again for the same changes nothing.
    case compare(Distortion)
    /// Place the test images.
    case map(MapRequest)
    /// Write the screen as a picture to a file.
    case savePicture
    case quit
}
