import Foundation
import Training

/// What a worker is told, a line of JSON.
struct SweepOrder: Codable {
    let run: Int
    /// Whether the network is the best of all, to be written where that was asked for.
    var isBest = false
}

/// What comes from a worker, a line of JSON.
enum SweepNews: Codable {
    /// It has read the data and takes so many runs at a time.
    case ready(places: Int)
    case result(SweepResult)
    /// A run cannot be done, and why.
    case failed(run: Int, reason: String)
    case savedBest
    /// Its process is gone, and with it all that was under way; it starts again. `wasReady` is false where it ended
    /// before it could train.
    case lost(wasReady: Bool)
    /// Nothing was heard of a rank for long.
    case silent
    /// It is there, a rank says each second.
    case alive
}
