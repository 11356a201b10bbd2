import Dashboard
import Files
import Foundation
import ModelFiles

/// Pictures of screens, in the folder in which the program was started.
enum PictureFile {
    /// Writes a picture under a name that no file has; returns what came of it, to be read.
    static func save(_ grid: CellGrid, _ appearance: Appearance, of screen: String) -> String {
        do {
            let bytes = Array(SVGPicture.text(of: grid, appearance).utf8)
            let name = try WholeFile.write(bytes, toFirstNewOf: { "inkling-\(screen)-\($0).svg" })
            return "Saved as \(name) in \(FileManager.default.currentDirectoryPath)"
        } catch {
            return "Not saved: \(error)"
        }
    }
}
